/** The contract, kept by all other engines. */
import { ENGINES } from "./matrix.ts";
import { matrixContract } from "./matrix-contract.ts";

matrixContract(ENGINES.slice(2));
