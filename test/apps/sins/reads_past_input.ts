/** Asks wsgi.input for more than CONTENT_LENGTH says that there is. */
import type { Application } from "portico";

const application: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read(65_536);
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from(`${body.length} bytes\n`)];
};

export default application;
