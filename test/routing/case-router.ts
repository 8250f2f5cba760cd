/** The rules of a case as a router, and what it answers. */
import { HttpRequest } from "../../src/messages/http-request.ts";
import { json } from "../../src/messages/http-response.ts";
import { UrlError } from "../../src/routing/errors.ts";
import { createRouter } from "../../src/routing/router.ts";
import type { Router } from "../../src/routing/router-types.ts";
import type { UrlOptions } from "../../src/routing/url-types.ts";
import { createClient } from "../../src/testing/client.ts";
import { encodeUtf8 } from "../../src/wsgi/native-string.ts";
import type { Environ } from "../../src/wsgi/types.ts";
import type { Ask, Build, Outcome, RoutingCase, Values } from "./routing-case.ts";

export class CaseRouter {
  readonly #router: Router;

  constructor({ options = {}, rules }: Pick<RoutingCase, "options" | "rules">) {
    this.#router = createRouter(options);
    for (const { methods, pattern, ...rule } of rules) {
      const handler = (values: object) => json({ route: rule.name, values });
      if (methods === undefined) this.#router.any(pattern, handler, rule);
      else this.#router.route(methods, pattern, handler, rule);
    }
  }

  async ask(ask: Omit<Ask, "gives">): Promise<Outcome> {
    const { method = "GET" } = ask;
    const client = createClient((environ, startResponse) =>
      this.#router({ ...environ, ...placeOf(ask) }, startResponse),
    );
    const answer = await client.request(method, "/");
    if (answer.status === 308) return { redirect: answer.header("Location") ?? "" };
    if (answer.status === 404) return "nothing";
    if (answer.status === 405) return { allowed: allowedBy(answer.header("Allow")) };
    // HEAD is answered without the body that says who did.
    if (method === "HEAD") return this.ask({ ...ask, method: "GET" });
    // The handler above has made it.
    return answer.json() as Outcome;
  }

  /** Undefined where there is no such URL. */
  build({ route, values, ...place }: Build): string | undefined {
    const scheme = { "wsgi.url_scheme": "http" } as const;
    // urlFor looks at nothing else.
    const environ = { ...scheme, ...placeOf({ path: "/", ...place }) } as Environ;
    // The names of a case are not known to the type checker.
    const urlFor = this.#router.urlFor as (
      name: string,
      values: Values,
      options: UrlOptions,
    ) => string;
    try {
      return urlFor(route, values, { request: new HttpRequest(environ) });
    } catch (error) {
      if (error instanceof UrlError) return undefined;
      throw error;
    }
  }
}

function placeOf(ask: Pick<Ask, "path" | "host" | "script" | "query">): Partial<Environ> {
  return {
    PATH_INFO: encodeUtf8(ask.path),
    SCRIPT_NAME: encodeUtf8(ask.script ?? ""),
    QUERY_STRING: ask.query ?? "",
    HTTP_HOST: ask.host ?? "example.com",
  };
}

/** OPTIONS is answered by the router itself. */
function allowedBy(allow = ""): readonly string[] {
  return allow.split(", ").filter((method) => method !== "OPTIONS");
}
