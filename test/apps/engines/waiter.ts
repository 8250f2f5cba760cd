/** A TypeScript application whose requests wait at the gate, or for ever. */
import { connect } from "node:net";
import type { Application } from "../../../src/wsgi/types.ts";

export const app: Application = async (environ, startResponse) => {
  const [, does, name] = environ.PATH_INFO.split("/");
  if (does === "wait") await waitAtGate(name ?? "");
  if (does === "loop") await waitAtGate(name ?? "", () => loopForEver());
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(String(process.pid))];
};

function loopForEver(): never {
  for (;;);
}

function waitAtGate(name: string, onArrival: () => void = () => {}): Promise<void> {
  return new Promise((resolve) => {
    const gate = connect("gate", () => gate.write(`${name} ${process.pid}\n`, onArrival));
    gate.once("close", () => resolve());
    gate.resume();
  });
}
