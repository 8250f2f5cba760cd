/** More bytes than were announced: Content-Length counts the characters. */
import type { Application } from "portico";

const TEXT = "Grüße\n";

const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", String(TEXT.length)],
  ]);
  return [Buffer.from(TEXT)];
};

export default application;
