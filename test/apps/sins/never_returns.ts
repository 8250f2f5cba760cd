/** Hangs in an endless loop. */
import type { Application } from "portico";

const application: Application = (environ, startResponse) => {
  if (environ.REQUEST_METHOD === "PUT") searchForEver();
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from("Hello")];
};

function searchForEver(): void {
  for (let at = 0; at >= 0; at = (at + 1) % 1000);
}

export default application;
