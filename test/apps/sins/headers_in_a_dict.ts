/** An object where a list of pairs belongs: no header could come twice. */
import type { Application, HeaderList } from "portico";

const application: Application = (_environ, startResponse) => {
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  // The compiler would tell; JavaScript does not.
  startResponse("200 OK", headers as unknown as HeaderList);
  return [Buffer.from("Hello")];
};

export default application;
