/** A TypeScript module with a Python application in it: its workers belong to it. */
import { type Application, mount, python } from "portico";

const own: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(`TypeScript ${process.pid} ${environ.PATH_INFO}`)];
};

const application: Application = mount({
  "/python": python(process.env.LAB_TARGET ?? "", { workers: 2 }),
  "/": own,
});

export default application;
