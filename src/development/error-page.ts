/** What a browser shows while the application cannot be loaded: why. An Application, for development alone. */

import { escapedHtml } from "../wsgi/escaped-html.ts";
import type { Application, HeaderList } from "../wsgi/types.ts";
import { developmentPage } from "./page.ts";

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
  return developmentPage(TITLE, `<pre>${escapedHtml(text.trimEnd())}</pre>\n<p>${REMEDY}</p>\n`);
}
