/** The events of a `text/event-stream`, as browsers read them (HTML Standard §9.2.6). */

export interface ServerSentEvent {
  /** `message` if the stream does not say. */
  readonly event: string;
  readonly data: string;
  /** The last id that the stream gave, with this event or before it; empty if none. */
  readonly id: string;
}

/** An event that the stream does not end, by an empty line, is none. */
export async function* serverSentEvents(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  let event = "";
  let data: string[] = [];
  let id = "";
  for await (const line of lines(pieces)) {
    if (line === "") {
      if (data.length > 0) yield { event: event || "message", data: data.join("\n"), id };
      event = "";
      data = [];
      continue;
    }
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "event") event = value;
    else if (name === "data") data.push(value);
    else if (name === "id" && !value.includes("\0")) id = value;
  }
}

async function* lines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // A byte order mark at the beginning is no part of the first line; TextDecoder drops it.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    for (;;) {
      // A CR at the end may be half of a line end.
      const end = /\r\n|\n|\r(?!$)/.exec(rest);
      if (end === null) break;
      yield rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
    }
  }
}
