/**
 * Imports the module at the path that it is told, as the command line does, in a process of its own.
 * With `to-its-end` behind the path the process ends when the module has nothing more to do.
 */
import { importModule } from "../../src/engines/import-module.ts";

const [, , path = "", until] = process.argv;
await importModule(path);
if (until !== "to-its-end") process.exit(0);
