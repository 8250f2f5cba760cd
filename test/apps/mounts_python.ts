/** A TypeScript application with a Python one beside it, whose workers belong to this module. */

import { type Application, mount, python } from "portico";

const own: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(String(process.pid))];
};

const application: Application = mount({
  "/": own,
  "/python": python(process.env.PYTHON_TARGET ?? "everything.py", {
    directory: import.meta.dirname,
  }),
});

export default application;
