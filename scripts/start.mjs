/** `npm start [-- TARGET OPTIONS]`: installs, builds, and serves examples/guestbook or the user's own. */
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithParent, installAndBuild, root, stop } from "./install.mjs";

const triesForAPort = 20;
const pauseBetweenLooks = 50; // milliseconds

installAndBuild();
if (process.env.npm_lifecycle_event === "start") endWithParent();
const given = process.argv.slice(2);
if (given.length > 0) {
  // npm runs scripts in the package's folder, and says here where the user was.
  process.chdir(process.env.INIT_CWD ?? process.cwd());
  await portico(given);
} else {
  const wanted = Number(process.env.PORT ?? 8000);
  const port = await freePort(wanted);
  if (port !== wanted) console.error(`Port ${wanted} is taken; this is on ${port} instead.`);
  const url = `http://127.0.0.1:${port}`;
  announce(url);
  process.chdir(root);
  await portico(["examples/guestbook/app.ts", "--bind", `127.0.0.1:${port}`]);
}

/** Becomes the command line in this very process: its signals and exit status need no passing on. */
async function portico(args) {
  const command = join(root, "bin", "portico.mjs");
  process.argv = [process.execPath, command, ...args];
  await import(pathToFileURL(command).href);
}

async function freePort(first) {
  for (let port = first; port < first + triesForAPort; port += 1) {
    if (await isFree(port)) return port;
  }
  return stop(
    `Ports ${first} to ${first + triesForAPort - 1} are taken; choose one: PORT=9000 npm start`,
  );
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Prints what to try once the site answers; the timers hold no process that is ending. */
function announce(url) {
  const request = get(`${url}/api/stats`, { agent: false }, (response) => {
    response.resume();
    console.log(whatToTry(url));
  });
  request.on("error", () => setTimeout(announce, pauseBetweenLooks, url).unref());
}

function whatToTry(url) {
  return `
  Open   ${url}/             the guestbook: a Python WSGI application
         ${url}/api/stats    its numbers: a TypeScript application beside it
  Try    curl -i ${url}/
         curl -i ${url}/ -d name=Ada --data-urlencode "message=Hello from curl"
         curl ${url}/api/stats
  Yours  npm start -- path/to/app.py:app      npm start -- package.module:application -w 4
         npm start -- ./app.ts                npm start -- --help
  Ctrl-C stops it. The site's source is in examples/guestbook.
`;
}
