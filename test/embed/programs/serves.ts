/** Serves the contract's applications in both languages until a signal comes. */

import { join } from "node:path";
import { mount, python, serve } from "../../../src/index.ts";
import { application as everything } from "../../apps/everything.ts";
import { repositoryRoot } from "../../support/python-environment.ts";

const directory = join(repositoryRoot, "test", "apps");

await serve(mount({ "/": everything, "/python": python("everything.py", { directory }) }), {
  port: 0,
  accessLog: '"%(r)s" %(s)s %(B)s',
});
