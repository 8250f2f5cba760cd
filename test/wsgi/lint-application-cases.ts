/** Each rule that binds an application, broken once. */
import type { Application, Environ, StartResponse, Write } from "../../src/wsgi/types.ts";
import { answer } from "../support/linted.ts";
import {
  application,
  type Case,
  correct,
  header,
  ITEM,
  PLAIN,
  returned,
  started,
  written,
} from "./lint-case.ts";

export const APPLICATION_CASES: Readonly<Record<string, Case>> = {
  "application-callable": {
    shows: "the application is an Array",
    also: ["raises"],
    run: application([]),
  },
  "returns-iterable": { shows: "the application returned a number", run: returned(() => 42) },
  "returns-no-string": {
    shows: "the application returned a Buffer itself",
    run: returned(() => Buffer.from("text")),
  },
  "body-bytes": { shows: 'an item of the body is the text "text"', run: returned(() => ["text"]) },
  "start-response-called": {
    shows: "start_response was not called before the first item",
    run: application(() => [ITEM]),
  },
  "start-response-arguments": {
    shows: "start_response was called with 4 arguments",
    run: started("200 OK", PLAIN, undefined, 4),
  },
  "start-response-twice": {
    shows: 'without exc_info, with the status "500 Oh"',
    run: application((_environ: Environ, startResponse: StartResponse) => {
      startResponse("200 OK", [...PLAIN]);
      startResponse("500 Oh", [...PLAIN]);
    }),
  },
  "exc-info-type": { shows: 'exc_info is "text"', run: started("500 Oh", PLAIN, "text") },
  "exc-info-trapped": {
    shows: "the application caught it and yielded an item",
    run: application(async function* (_environ: Environ, startResponse: StartResponse) {
      startResponse("200 OK", [...PLAIN]);
      yield ITEM;
      try {
        startResponse("500 Oh", [], new Error("oh"));
      } catch {
        yield ITEM;
      }
    }),
  },
  status: { shows: 'the status is "200"', run: started("200", PLAIN) },
  "headers-list": { shows: "the headers are a Map", run: started("200 OK", new Map()) },
  "header-pair": { shows: "header 1 is an array of 3", run: header("a", "b", "c") },
  "header-strings": { shows: "the value of the header X-Number is 5", run: header("X-Number", 5) },
  "header-name": { shows: 'a header is named "X Y:"', run: header("X Y:", "z") },
  "header-status": { shows: 'the header Status is "200"', run: header("Status", "200") },
  "header-value-control": {
    shows: 'the header X-Lines is "a\\r\\nb"',
    run: header("X-Lines", "a\r\nb"),
  },
  "header-latin-1": { shows: 'the header X-Euro is "\u20ac"', run: header("X-Euro", "\u20ac") },
  "header-hop-by-hop": {
    shows: 'the header Connection is "close"',
    run: header("Connection", "close"),
  },
  "content-type-missing": {
    shows: "the response 200 has a body and no Content-Type",
    run: returned(() => [ITEM], []),
  },
  "content-length-value": {
    shows: 'Content-Length is "five"',
    run: header("Content-Length", "five"),
  },
  "content-length-short": {
    shows: "Content-Length is 5, and the body has 4 bytes",
    run: returned(() => [ITEM], [...PLAIN, ["Content-Length", "5"]]),
  },
  "content-length-long": {
    shows: "Content-Length is 3, and the body has 4 bytes or more",
    run: returned(() => [ITEM], [...PLAIN, ["Content-Length", "3"]]),
  },
  "body-for-no-content": {
    shows: "a body of 4 bytes or more comes with the status 204",
    run: returned(() => [ITEM], [], "204 No Content"),
  },
  "input-past-end": {
    shows: "read(3) was called where CONTENT_LENGTH leaves less",
    run: application(async (given: Environ, startResponse: StartResponse) => {
      await given["wsgi.input"].read(3);
      await given["wsgi.input"].read(3);
      return correct(given, startResponse);
    }),
  },
  "errors-text": {
    shows: "wsgi.errors.write was given a Buffer",
    run: application((given: Environ, startResponse: StartResponse) => {
      given["wsgi.errors"].write(Buffer.from("bytes") as unknown as string);
      return correct(given, startResponse);
    }),
  },
  "write-used": {
    shows: "write() was called",
    run: written(async (write) => {
      await write(ITEM);
      return [];
    }),
  },
  "write-bytes": {
    shows: 'write() was given the text "text"',
    also: ["write-used"],
    run: written(async (write) => {
      await write("text" as unknown as Uint8Array);
      return [];
    }),
  },
  "write-in-iteration": {
    shows: "write() was called after the iterable was returned",
    also: ["write-used"],
    run: written(async function* (write) {
      await write(ITEM);
      yield ITEM;
    }),
  },
  "write-after-end": {
    shows: "write() was called after the end of the response",
    also: ["write-used"],
    run: async ({ lint }) => {
      let kept: Write | undefined;
      const late: Application = (_environ, startResponse) => {
        kept = startResponse("200 OK", [...PLAIN]);
        return [];
      };
      await answer(lint(late));
      await kept?.(ITEM).catch(() => "as it should");
    },
  },
  "write-not-awaited": {
    shows: "the body ended while write() was still at work",
    also: ["write-used"],
    run: written((write) => {
      void write(ITEM);
      return [];
    }),
  },
  "environ-kept": {
    shows: 'after the end of its request, environ["shop.user"] was set',
    run: async ({ lint }) => {
      let last: Environ | undefined;
      const keeping: Application = (given, startResponse) => {
        if (last !== undefined) last["shop.user"] = "of another request";
        last = given;
        return correct(given, startResponse);
      };
      const linted = lint(keeping);
      await answer(linted);
      await answer(linted);
    },
  },
  "blocks-event-loop": {
    shows: "the application held the event loop for 50 ms or longer",
    run: application(correct, { "test.slow": true }),
  },
  raises: {
    shows: 'the application threw TypeError: "oh\\nno"',
    run: application(() => {
      throw new TypeError("oh\nno");
    }),
  },
};
