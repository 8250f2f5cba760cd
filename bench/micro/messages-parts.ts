/** What requests and responses cost beside a bare application: a handler called and its answer made. */
import { HttpResponse, json, text } from "../../src/messages/http-response.ts";
import { type Handler, toApplication } from "../../src/messages/to-application.ts";
import { environOf } from "./gateway-parts.ts";
import { type Benchmark, bench } from "./kit.ts";
import { browserGet, nextHead, openConnection } from "./requests.ts";

export const MESSAGES_PARTS: readonly Benchmark[] = [
  answered("a handler's text", () => "Hello"),
  answered("a handler's text()", () => text("Hello")),
  answered("a handler's json()", () => json({ hello: "world" })),
  answered("a handler's cookie", () => new HttpResponse().setCookie("a", "1")),
  answered("a request's cookies, query and wishes", (request) => {
    const type = request.accepts(["application/json", "text/html"]) ?? "none";
    return `${request.cookies.size} ${request.query.size} ${type}`;
  }),
];

function answered(name: string, handler: Handler): Benchmark {
  const application = toApplication(handler);
  const environ = environOf(nextHead(openConnection(), browserGet("1")));
  let status = "";
  const operation = (): string => {
    void application(environ, (given) => {
      status = given;
      return () => Promise.resolve();
    });
    return status;
  };
  return bench(name, operation, "200 OK");
}
