/** The contract over HTTP/1.1, kept for TypeScript applications in this process. */

import { application } from "../apps/everything.ts";
import { serveApplication } from "../support/serve-application.ts";
import { contract } from "./wsgi-contract.ts";

contract(
  "a TypeScript application over HTTP/1.1",
  { multithread: true, multiprocess: false, chunkedLength: undefined },
  () => serveApplication(application),
);
