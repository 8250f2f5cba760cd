/** Bytes themselves, where an array of them belongs: the items are numbers. */
import type { Application, ResponseBody } from "portico";

const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  // The compiler would tell; JavaScript does not.
  return Buffer.from("Hello") as unknown as ResponseBody;
};

export default application;
