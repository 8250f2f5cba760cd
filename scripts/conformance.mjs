/** `npm run conformance [-- OPTIONS]`: installs Portico and its peers, builds, and runs build/conformance/main.js. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithParent, installAndBuild, root } from "./install.mjs";
import { installPeers } from "./peers.mjs";

installAndBuild();
process.chdir(root);
// What cannot be installed is told of there: its servers are not run.
installPeers();
if (process.env.npm_lifecycle_event === "conformance") endWithParent();
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, "build", "conformance", "main.js")).href);
