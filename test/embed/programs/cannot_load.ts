/** Has one Python application that can be loaded and one that cannot; serves what is left. */

import { join } from "node:path";
import { LoadError, makeServer, mount, python } from "../../../src/index.ts";
import { application as ignoresBody } from "../../apps/ignores_body.ts";
import { repositoryRoot } from "../../support/python-environment.ts";

const directory = join(repositoryRoot, "test", "apps");

const good = python("everything.py", { directory, workers: 2 });
const bad = python("everything:missing", { directory });
try {
  await makeServer("127.0.0.1", 0, mount({ "/good": good, "/bad": bad }));
} catch (error) {
  if (!(error instanceof LoadError)) throw error;
  console.log(`LoadError: ${error.message}`);
}
await using server = await makeServer("127.0.0.1", 0, mount({ "/good": good, "/": ignoresBody }));
console.log(`Listening at: ${server.url}`);
await server.handleRequest();
