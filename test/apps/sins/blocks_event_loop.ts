/** Computes for long in one go, so that nobody else is served meanwhile. */
import type { Application } from "portico";

const application: Application = (environ, startResponse) => {
  const text = environ.REQUEST_METHOD === "PUT" ? busyFor(150) : "Hello";
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from(text)];
};

function busyFor(milliseconds: number): string {
  const before = process.cpuUsage();
  let used = 0;
  let turns = 0;
  for (; used < milliseconds * 1000; turns += 1) {
    const { user, system } = process.cpuUsage(before);
    used = user + system;
  }
  return `${turns} turns\n`;
}

export default application;
