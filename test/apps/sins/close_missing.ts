/** A middleware that passes the items on and forgets that the body has a close(). */
import { type Application, lint, type Middleware, type ResponseBody } from "portico";

const report: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  const items = [Buffer.from("Hello, "), Buffer.from("world\n")];
  return { [Symbol.iterator]: () => items.values(), close() {} };
};

const upper: Middleware = (wrapped) => async (environ, startResponse) =>
  upperCase(await wrapped(environ, startResponse));

async function* upperCase(body: ResponseBody): AsyncGenerator<Uint8Array> {
  for await (const item of body) yield Buffer.from(Buffer.from(item).toString().toUpperCase());
}

const application: Application = upper(lint(report));

export default application;
