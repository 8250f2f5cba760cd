/** What raw bytes get for an answer, told in a few words. */
import {
  type Answer,
  type ClientConnection,
  ConnectionEnded,
  type Remainder,
  ServerSilent,
} from "../client/client-connection.ts";
import type { ProbedServer } from "./probed-server.ts";

export interface Reply {
  /** The first final response; undefined where none came. */
  readonly answer: Answer | undefined;
  /** The statuses of whatever final responses stand behind it. */
  readonly further: readonly number[];
  readonly ended: Remainder["ended"];
  /** The connection ended and not a byte came. */
  readonly isDropped: boolean;
  /** As `400, closed` or `nothing in 2 s`. */
  readonly words: string;
}

/** Sends bytes as they are; what comes back ends with the connection or when nothing more comes. */
export async function replyTo(server: ProbedServer, bytes: string | Uint8Array): Promise<Reply> {
  using connection = await server.connect();
  connection.send(bytes);
  try {
    const answer = await connection.answer();
    return answered(answer, await connection.remainder());
  } catch (error) {
    return await unanswered(connection, error, server.patience);
  }
}

function answered(answer: Answer, rest: Remainder): Reply {
  // A body without a length ends with the connection, and holds what was sent behind it.
  const behind = Buffer.concat([answer.body, rest.bytes]).toString("latin1");
  const further = [...behind.matchAll(/HTTP\/\d\.\d ([2-5]\d\d)/g)].map(([, code]) => Number(code));
  const stays = rest.ended === "silent" ? "stays open" : rest.ended;
  const words = [answer.status, ...further.map((status) => `then ${status}`), stays].join(", ");
  return { answer, further, ended: rest.ended, isDropped: false, words };
}

async function unanswered(
  connection: ClientConnection,
  error: unknown,
  patience: number,
): Promise<Reply> {
  if (!(error instanceof Error)) throw error;
  const nothing = { answer: undefined, further: [], isDropped: false };
  if (error instanceof ServerSilent) {
    return { ...nothing, ended: "silent", words: `nothing in ${patience / 1_000} s` };
  }
  if (error instanceof ConnectionEnded) {
    const ended = error.cause === undefined ? "closed" : "reset";
    const { bytes } = await connection.remainder();
    const isDropped = bytes.length === 0;
    const what = isDropped ? "an answer" : "a status line";
    return { ...nothing, ended, isDropped, words: `${ended} without ${what}` };
  }
  return { ...nothing, ended: "closed", words: error.message };
}
