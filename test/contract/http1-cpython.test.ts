/** The contract over HTTP/1.1, kept for Python applications in worker processes. */

import { join } from "node:path";
import { python } from "../../src/embed/python.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";
import { pythonContract } from "./python-contract.ts";
import { contract } from "./wsgi-contract.ts";

for (const threads of [1, 4]) {
  const log = new KeptLog();
  const directory = join(repositoryRoot, "test", "apps");
  const application = python("everything.py", { directory, threads, log: log.logger });
  contract(
    `a Python application on ${threads} threads over HTTP/1.1`,
    { multithread: threads > 1, multiprocess: false, chunkedLength: "5" },
    () => serveApplication(application, {}, log),
    threads === 1 ? [pythonContract] : [],
  );
}
