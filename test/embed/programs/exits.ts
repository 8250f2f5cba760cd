/** Ends without a word to its server, while a Python application of it runs. */

import { join } from "node:path";
import { makeServer, python } from "../../../src/index.ts";
import { repositoryRoot } from "../../support/python-environment.ts";

const directory = join(repositoryRoot, "test", "apps");

const server = await makeServer("127.0.0.1", 0, python("everything.py", { directory }));
server.start();
console.log(`Listening at: ${server.url}`);
process.once("SIGUSR2", () => process.exit(7));
