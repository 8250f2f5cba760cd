/** What starts a program with sockets that are open already, as systemd does. */
import { join } from "node:path";
import { pythonProgram, repositoryRoot } from "./python-environment.ts";

/** For {@link RunOptions.through}; `addresses` are as pass_sockets.py takes them. */
export function passing(addresses: string): readonly string[] {
  return [pythonProgram("python"), join(repositoryRoot, "test/support/pass_sockets.py"), addresses];
}
