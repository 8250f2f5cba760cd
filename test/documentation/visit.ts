/** Asks an example what its document says that it is asked. */
import { dirname } from "node:path";
import { setPythonDefaults } from "../../src/embed/engines.ts";
import { loadApplication } from "../../src/engines/in-process.ts";
import { type Client, createClient } from "../../src/testing/client.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { pythonProgram } from "../support/python-environment.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";
import type { WrittenExample } from "./example-folder.ts";
import { type Answered, type Asked, differences, type Exchange } from "./exchanges.ts";

/** An answer that has not come by then is missing, in milliseconds. */
const LONGEST_WAIT = 30_000;

type Ask = (asked: Asked) => Promise<Answered>;

/** What is answered otherwise than the document says, each with its line; empty if nothing is. */
export async function visit(example: WrittenExample): Promise<string[]> {
  setPythonDefaults({ log: new KeptLog().logger, python: pythonProgram("python") });
  const before = process.cwd();
  // Where its reader would start it: Python modules and folders of files are looked for there.
  process.chdir(dirname(example.path));
  try {
    const application = await loadApplication(example.path, "default");
    const exchanges = example.visits.flat();
    return exchanges.some(isUpgrade)
      ? await visitBySocket(example, application)
      : await visitByClient(example, application);
  } finally {
    process.chdir(before);
  }
}

async function visitByClient(
  { document, visits }: WrittenExample,
  application: Application,
): Promise<string[]> {
  await using client = createClient(application);
  const found: string[] = [];
  for (const exchanges of visits) {
    client.cookies.clear();
    found.push(...(await compare(document, exchanges, (asked) => askClient(client, asked))));
  }
  return found;
}

async function askClient(
  client: Client,
  { method, target, headers, body }: Asked,
): Promise<Answered> {
  return client.request(method, target, {
    headers: headers.map(([name, value]) => [name, value]),
    signal: AbortSignal.timeout(LONGEST_WAIT),
    ...(body !== undefined && { body }),
  });
}

/** Another protocol needs a connection. */
async function visitBySocket(
  { document, visits }: WrittenExample,
  application: Application,
): Promise<string[]> {
  await using served = await serveApplication(application);
  return await compare(document, visits.flat(), async ({ method, target, headers, body }) => {
    using connection = await served.connect();
    connection.request(method, target, { fields: headers, ...(body !== undefined && { body }) });
    const head = await connection.head();
    const isSwitched = head.status === 101;
    const text = isSwitched ? "" : (await connection.behind(head, method)).body.toString();
    return { statusLine: `${head.status} ${head.reason}`, headers: head.fields, text };
  });
}

function isUpgrade({ asked }: Exchange): boolean {
  return asked.headers.some(([name]) => name.toLowerCase() === "upgrade");
}

async function compare(
  document: string,
  exchanges: readonly Exchange[],
  ask: Ask,
): Promise<string[]> {
  const found: string[] = [];
  for (const exchange of exchanges) {
    found.push(...differences(document, exchange, await ask(exchange.asked)));
  }
  return found;
}
