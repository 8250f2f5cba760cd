/** Rows of strictness: one request, byte for byte, and a judge of what came back. */
import { factsOf } from "../facts.ts";
import { type Reply, replyTo } from "../reply.ts";
import { fail, type Judgement, pass, passIf, type Row } from "../row.ts";

export type ReplyJudge = (reply: Reply) => Judgement;

export interface StrictRow extends Omit<Row, "judge" | "group"> {
  /** The request; lines end with CR LF where they are a list, and an empty one follows. */
  readonly sent: readonly string[] | Uint8Array;
  /** What follows the head. */
  readonly body?: string;
  readonly fair: ReplyJudge;
}

export function strictRow({ sent, body = "", fair, ...row }: StrictRow): Row {
  const bytes =
    sent instanceof Uint8Array
      ? sent
      : Buffer.from(`${sent.join("\r\n")}\r\n\r\n${body}`, "latin1");
  const judge: Row["judge"] = async (server) => fair(await replyTo(server, bytes));
  return { ...row, group: "Strictness", judge };
}

/** Only these statuses are good. */
export function answeredWith(...statuses: readonly number[]): ReplyJudge {
  return ({ answer, words }) => {
    return passIf(answer !== undefined && statuses.includes(answer.status), words);
  };
}

/** Only these statuses, and the end of the connection: nobody knows where the next request begins. */
export function refusedForGood(...statuses: readonly number[]): ReplyJudge {
  return (reply) =>
    reply.ended === "silent" ? fail(reply.words) : answeredWith(...statuses)(reply);
}

/** Whether the request was refused, by a status that says that it is the client's fault or too new. */
export function isRefusal({ answer }: Reply): boolean {
  if (answer === undefined) return false;
  return (answer.status >= 400 && answer.status < 500) || [501, 505].includes(answer.status);
}

/** As {@link refusedOrSeen}, where what is refused need not be told why. */
export function droppedOrSeen(...given: Parameters<typeof refusedOrSeen>): ReplyJudge {
  const fair = refusedOrSeen(...given);
  return (reply) => (reply.isDropped ? pass(reply.words) : fair(reply));
}

/** Refused, or read so that the strings of the environ are as they must be. */
export function refusedOrSeen(
  what: string,
  isGood: (strings: Readonly<Record<string, string>>) => boolean,
): ReplyJudge {
  return (reply) => {
    if (isRefusal(reply)) return pass(reply.words);
    if (reply.answer?.status !== 200) return fail(reply.words);
    const { strings } = factsOf(reply.answer.body);
    const words = `${what} is ${JSON.stringify(strings[what])}`;
    return passIf(isGood(strings), words);
  };
}
