/**
 * Reads one answer after the other, as cheaply as a client must that shares two cores with the
 * server. src/client reads all that HTTP/1.1 allows, and waits for each part of it by itself.
 */

export type Reading =
  | { readonly state: "unfinished" }
  | {
      readonly state: "whole";
      readonly status: number;
      readonly body: string;
      /** Whether the server announced that it closes the connection. */
      readonly closes: boolean;
    };

const UNFINISHED: Reading = { state: "unfinished" };
const END_OF_HEAD = "\r\n\r\n";
const LENGTH = /\r\ncontent-length: *(\d+)\r\n/i;
const CLOSE = /\r\nconnection: *close\r\n/i;

export class AnswerReader {
  #text = "";

  /**
   * The first whole answer of what has come; bodies need a Content-Length.
   * @throws when it is no such answer, or when something stands behind it
   */
  read(bytes: Buffer): Reading {
    this.#text += bytes.toString("latin1");
    const end = this.#text.indexOf(END_OF_HEAD);
    if (end < 0) return UNFINISHED;
    const head = this.#text.slice(0, end + 2);
    const [, status] = /^HTTP\/1\.[01] (\d{3}) /.exec(head) ?? [];
    const [, length] = LENGTH.exec(head) ?? [];
    if (status === undefined || length === undefined) {
      throw new Error(`not an answer with a Content-Length: ${JSON.stringify(head)}`);
    }
    const begin = end + END_OF_HEAD.length;
    const missing = begin + Number(length) - this.#text.length;
    if (missing > 0) return UNFINISHED;
    if (missing < 0) throw new Error(`${-missing} bytes behind the answer`);
    const body = this.#text.slice(begin);
    this.#text = "";
    return { state: "whole", status: Number(status), body, closes: CLOSE.test(head) };
  }
}
