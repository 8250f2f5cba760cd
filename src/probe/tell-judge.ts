/** How the probe application tells its judge where it is, whichever process of a server it runs in. */
import { connect, isIP } from "node:net";
import type { Environ } from "../wsgi/types.ts";

export interface JudgeAddress {
  readonly host: string;
  readonly port: number;
}

/** After so many milliseconds a judge that says nothing is taken for gone. */
const PATIENCE = 10_000;

/** The port that `?judge=` names, of REMOTE_ADDR, or of 127.0.0.1 where that is no address. */
export function judgeOf(environ: Environ): JudgeAddress | undefined {
  const port = new URLSearchParams(environ.QUERY_STRING).get("judge");
  if (port === null) return undefined;
  const { REMOTE_ADDR: client = "" } = environ;
  return { host: isIP(client) === 0 ? "127.0.0.1" : client, port: Number(port) };
}

/** Tells the judge, and waits until it says go on. */
export async function tellJudge(
  judge: JudgeAddress | undefined,
  point: string,
  facts: object,
): Promise<void> {
  if (judge === undefined) return;
  // Whoever asks names the point and the port: no words of another protocol go there.
  if (!/^\w+$/.test(point)) {
    throw new Error(`a point is named by one word, not ${JSON.stringify(point)}`);
  }
  const connection = connect(judge);
  try {
    connection.write(`${point}\t${JSON.stringify(facts)}\n`);
    await new Promise<void>((resolve, reject) => {
      connection.setTimeout(PATIENCE, () => reject(new Error("the judge says nothing")));
      connection.once("data", resolve);
      connection.once("end", resolve);
      connection.once("error", reject);
    });
  } finally {
    connection.destroy();
  }
}
