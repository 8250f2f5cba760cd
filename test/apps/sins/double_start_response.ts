/** startResponse once more, and no error that would be a reason. */
import type { Application, HeaderList } from "portico";

const HEADERS: HeaderList = [["Content-Type", "text/plain; charset=utf-8"]];

const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", HEADERS);
  startResponse("201 Created", HEADERS);
  return [Buffer.from("Hello")];
};

export default application;
