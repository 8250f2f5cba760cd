/** Rows about where a request's body ends. */
import { fail, pass, passIf, type Row } from "../row.ts";
import { isRefusal, type ReplyJudge, refusedForGood, strictRow } from "./strict-row.ts";

const START = ["POST /echo HTTP/1.1", "Host: probe.example", "Content-Type: text/plain"];
const CHUNKED = "Transfer-Encoding: chunked";
const CHUNKED_ABC = "3\r\nabc\r\n0\r\n\r\n";

/** RFC 9112 §6.1: refused, or the coding alone counts; the connection ends either way. */
const refusedOrChunked: ReplyJudge = (reply) => {
  if (reply.ended === "silent") return fail(reply.words);
  if (isRefusal(reply)) return pass(reply.words);
  const body = reply.answer?.body.toString("latin1");
  const words = `${reply.words}, the body read as ${JSON.stringify(body)}`;
  // An application that is told no length may read nothing.
  return passIf(reply.answer?.status === 200 && (body === "abc" || body === ""), words);
};

/** An application that cannot know where the body ends reads nothing of it, and answers with that. */
const notTakenForWhole: ReplyJudge = ({ answer, words }) => {
  const body = answer?.status === 200 && answer.isWhole ? answer.body.toString("latin1") : "";
  return body === "" ? pass(words) : fail(`${words}, the body read as ${JSON.stringify(body)}`);
};

export const FRAMING_ROWS: readonly Row[] = [
  strictRow({
    name: "length-and-coding",
    title: "Content-Length with Transfer-Encoding is refused or read as chunked, then closed",
    level: "MUST",
    source: "RFC 9112 §6.1",
    sent: [...START, "Content-Length: 5", CHUNKED],
    body: CHUNKED_ABC,
    fair: refusedOrChunked,
  }),
  strictRow({
    name: "two-lengths",
    title: "two different Content-Length are refused with 400, then closed",
    level: "MUST",
    source: "RFC 9112 §6.3",
    sent: [...START, "Content-Length: 5", "Content-Length: 6"],
    body: "abcdef",
    fair: refusedForGood(400),
  }),
  strictRow({
    name: "length-with-plus",
    title: "Content-Length: +5 is refused with 400, then closed",
    level: "MUST",
    source: "RFC 9112 §6.3",
    sent: [...START, "Content-Length: +5"],
    body: "abcde",
    fair: refusedForGood(400),
  }),
  strictRow({
    name: "negative-length",
    title: "Content-Length: -5 is refused with 400, then closed",
    level: "MUST",
    source: "RFC 9112 §6.3",
    sent: [...START, "Content-Length: -5"],
    body: "abcde",
    fair: refusedForGood(400),
  }),
  strictRow({
    name: "coding-without-chunked",
    title: "Transfer-Encoding: gzip alone is refused with 400 or 501, then closed",
    level: "MUST",
    source: "RFC 9112 §6.1, §6.3",
    sent: [...START, "Transfer-Encoding: gzip"],
    body: "abcde",
    fair: refusedForGood(400, 411, 501),
  }),
  strictRow({
    name: "unknown-coding",
    title: "Transfer-Encoding: xchunked is refused with 400 or 501, then closed",
    level: "MUST",
    source: "RFC 9112 §6.1, §6.3",
    sent: [...START, "Transfer-Encoding: xchunked"],
    body: "5\r\nabcde\r\n0\r\n\r\n",
    fair: refusedForGood(400, 411, 501),
  }),
  strictRow({
    name: "no-chunk-size",
    title: "a chunk without a hexadecimal size is not taken for a body",
    level: "MUST",
    source: "RFC 9112 §7.1",
    sent: [...START, "Connection: close", CHUNKED],
    body: "xyz\r\nabc\r\n0\r\n\r\n",
    fair: notTakenForWhole,
  }),
  strictRow({
    name: "chunk-longer-than-size",
    title: "a chunk longer than its size is not taken for a body",
    level: "MUST",
    source: "RFC 9112 §7.1",
    sent: [...START, "Connection: close", CHUNKED],
    body: "3\r\nabcde\r\n0\r\n\r\n",
    fair: notTakenForWhole,
  }),
];
