/** Whether HEAD is answered as GET is (RFC 9110 §9.3.2). */
import type { Answer } from "../client/client-connection.ts";
import { fieldValue } from "../client/field-list.ts";
import type { Visitor } from "./visitor.ts";

/** Fields that say what the body would be; others may differ from one answer to the next. */
const ABOUT_THE_BODY = ["Content-Type", "Content-Length", "Content-Encoding", "Location"];

export async function headAsGet(visitor: Visitor, path: string): Promise<void> {
  const before = await visitor.ask("GET", path);
  const head = await visitor.ask("HEAD", path);
  const after = await visitor.ask("GET", path);
  if (before === undefined || head === undefined || after === undefined) return;
  for (const difference of differencesOf(head, [before, after])) {
    visitor.find("head-as-get", difference, `HEAD ${path}`);
  }
}

/** Only where GET is answered twice alike, and well, is a HEAD that differs at fault. */
function differencesOf(head: Answer, [get, again]: readonly [Answer, Answer]): readonly string[] {
  if (get.status !== again.status || get.status >= 500) return [];
  if (head.status !== get.status) {
    return [`HEAD is answered ${head.status}, GET ${get.status}`];
  }
  return ABOUT_THE_BODY.flatMap((name) => {
    const [inHead, inGet, later] = [head, get, again].map(({ fields }) => fieldValue(fields, name));
    if (inGet !== later || inHead === inGet) return [];
    // What is known only when the body is made may be left out, and of a framing, too.
    if (inHead === undefined || inGet === undefined) return [];
    return [`${name} is ${JSON.stringify(inHead)} for HEAD, and ${JSON.stringify(inGet)} for GET`];
  });
}
