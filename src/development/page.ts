/** The look of pages for developers: one file, no script, light and dark. */
import { escapedHtml } from "../wsgi/escaped-html.ts";

/** `title` is text, `body` is HTML. */
export function developmentPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapedHtml(title)}</title>
<style>
:root { color-scheme: light dark; --ink: #1c1917; --paper: #fff; --block: #f5f5f4; --quiet: #78716c; --error: #b00020; --mark: #fde68a }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e5e4; --paper: #1c1917; --block: #292524; --quiet: #a8a29e; --error: #ff8a80; --mark: #78350f } }
body { margin: 3rem auto; max-width: 60rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.3rem; color: var(--error); overflow-wrap: anywhere } h2 { font-size: 1.1rem; margin-top: 2rem }
pre { overflow-x: auto; padding: 1rem; background: var(--block); font: .9rem/1.45 ui-monospace, monospace }
mark { background: var(--mark); color: inherit } .quiet { color: var(--quiet) } summary { cursor: pointer; overflow-wrap: anywhere }
table { border-collapse: collapse } th, td { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0; overflow-wrap: anywhere } th { font-weight: 600; white-space: nowrap }
@media (max-width: 40rem) { th, td { display: block } th { padding-top: .5rem; white-space: normal } }
</style>
<h1>${escapedHtml(title)}</h1>
${body}</html>
`;
}
