/** What a browser shows while the application cannot be loaded: why. An Application, for development alone. */
import type { Application, HeaderList } from "../wsgi/types.ts";

const TITLE = "The application cannot be loaded";
const REMEDY = "Save a change, and ask again: it is loaded anew.";

/** Answers every request with 500 and `text`, as a page where the client takes one. */
export function errorPage(text: string): Application {
  const page = Buffer.from(htmlOf(text));
  const plain = Buffer.from(`${TITLE}\n\n${text.trimEnd()}\n\n${REMEDY}\n`);
  return (environ, startResponse) => {
    const isPage = environ.HTTP_ACCEPT?.includes("text/html") === true;
    const body = isPage ? page : plain;
    const headers: HeaderList = [
      ["Content-Type", `text/${isPage ? "html" : "plain"}; charset=utf-8`],
      ["Content-Length", String(body.length)],
      ["Cache-Control", "no-store"],
    ];
    startResponse("500 Internal Server Error", headers);
    return [body];
  };
}

function htmlOf(text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${TITLE}</title>
<style>
body { margin: 3rem auto; max-width: 60rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.3rem; color: #b00020 }
pre { overflow-x: auto; padding: 1rem; background: #f5f5f4; font: .9rem/1.45 ui-monospace, monospace }
@media (prefers-color-scheme: dark) { body { background: #1c1917; color: #e7e5e4 } pre { background: #292524 } h1 { color: #ff8a80 } }
</style>
<h1>${TITLE}</h1>
<pre>${escapedHtml(text.trimEnd())}</pre>
<p>${REMEDY}</p>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escapedHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");
}
