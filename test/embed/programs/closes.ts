/** Serves one request of a Python application, closes, and has nothing left to do. */

import { join } from "node:path";
import { makeServer, python } from "../../../src/index.ts";
import { repositoryRoot } from "../../support/python-environment.ts";

const directory = join(repositoryRoot, "test", "apps");

await using server = await makeServer("127.0.0.1", 0, python("everything.py", { directory }));
console.log(`Listening at: ${server.url}`);
await server.handleRequest();
