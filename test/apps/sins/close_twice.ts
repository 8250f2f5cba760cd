/** A middleware that closes the body at its end, and once more in its own close(). */
import { type Application, lint, type Middleware, type ResponseBody } from "portico";

const report: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  const items = [Buffer.from("Hello, "), Buffer.from("world\n")];
  return { [Symbol.iterator]: () => items.values(), close() {} };
};

const upper: Middleware = (wrapped) => async (environ, startResponse) => {
  const body = await wrapped(environ, startResponse);
  return { [Symbol.asyncIterator]: () => upperCase(body), close: () => body.close?.() };
};

async function* upperCase(body: ResponseBody): AsyncGenerator<Uint8Array> {
  try {
    for await (const item of body) yield Buffer.from(Buffer.from(item).toString().toUpperCase());
  } finally {
    await body.close?.();
  }
}

const application: Application = upper(lint(report));

export default application;
