/** A header as a line, where a pair belongs. */
import type { Application, HeaderList } from "portico";

const application: Application = (_environ, startResponse) => {
  const headers = [["Content-Type", "text/plain; charset=utf-8"], "X-Name: value"];
  // The compiler would tell; JavaScript does not.
  startResponse("200 OK", headers as unknown as HeaderList);
  return [Buffer.from("Hello")];
};

export default application;
