/** The contract, kept by applications in TypeScript and by Python with one thread. */
import { ENGINES } from "./matrix.ts";
import { matrixContract } from "./matrix-contract.ts";

matrixContract(ENGINES.slice(0, 2));
