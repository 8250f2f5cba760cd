"""The guestbook's HTML. Every text that a visitor wrote passes through ``escape`` here.

``root`` is where the guestbook is mounted: the environ's SCRIPT_NAME, ready for a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from entries import Entry


def front(root: str, entries: Sequence[Entry], form: str, *, older: bool) -> str:
    """Build the page with the form and a list of entries."""
    listed = "\n".join(_article(root, entry) for entry in entries)
    if not entries:
        listed = '<p class="quiet">Nobody has signed yet. Be the first!</p>'
    content = f"{form}\n<section>\n{listed}\n</section>"
    if older:
        link = f"{root}/?before={entries[-1].id}"
        content += f'\n<p><a href="{link}">Older entries</a></p>'
    return _page(root, "Guestbook", content)


def single(root: str, entry: Entry) -> str:
    """Build the page of one entry."""
    content = f"{_article(root, entry)}\n{_back(root)}"
    return _page(root, f"{entry.name} in the guestbook", content)


def failure(root: str, status: str) -> str:
    """Build the page for a request that came to nothing, such as ``404 Not Found``."""
    return _page(root, status, f"<p>{escape(status)}</p>\n{_back(root)}")


def form(root: str, fields: Mapping[str, str], errors: Mapping[str, str]) -> str:
    """Build the form, filled with what was sent and with what is wrong about it."""
    name = escape(fields.get("name", ""))
    message = escape(fields.get("message", ""))
    return f"""
<form method="post" action="{root}/">
  <label for="name">Your name</label>
  <input id="name" name="name" value="{name}" autocomplete="name" required>
  {_error(errors, "name")}
  <label for="message">Your words</label>
  <textarea id="message" name="message" rows="4" required>
{message}</textarea>
  {_error(errors, "message")}
  <button>Sign the book</button>
</form>"""


def _error(errors: Mapping[str, str], field: str) -> str:
    if field not in errors:
        return ""
    return f'<p class="error" role="alert">{escape(errors[field])}</p>'


def _article(root: str, entry: Entry) -> str:
    signed_at = escape(entry.signed_at)
    date, time = signed_at[:10], signed_at[11:16]
    return f"""
<article id="entry-{entry.id}">
  <p class="message">{escape(entry.message)}</p>
  <footer><b>{escape(entry.name)}</b>
    <a href="{root}/entries/{entry.id}"><time datetime="{signed_at}">{date}, {time}</time></a>
  </footer>
</article>"""


def _back(root: str) -> str:
    return f'<p><a href="{root}/">All entries</a></p>'


def _page(root: str, title: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{root}/style.css">
</head>
<body>
<header>
<h1><a href="{root}/">Guestbook</a></h1>
<p class="quiet">Python and SQLite behind it, <a href="/api/stats">TypeScript</a> beside it,
one server in front.</p>
</header>
<main>{content}
</main>
</body>
</html>
"""
