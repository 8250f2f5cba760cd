/** Holds requests for /wait until one for /release comes; tells how many there are. */
import type { Application } from "../../src/wsgi/types.ts";

const waiting: (() => void)[] = [];

export const application: Application = async (environ, startResponse) => {
  const text = await textFor(environ.PATH_INFO);
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(text)];
};

async function textFor(path: string): Promise<string> {
  if (path === "/wait") {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
    return "news";
  }
  const count = String(waiting.length);
  if (path === "/release") for (const release of waiting.splice(0)) release();
  return count;
}
