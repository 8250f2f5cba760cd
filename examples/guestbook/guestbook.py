"""A guestbook as a WSGI application: the standard library and nothing else.

``guestbook:application`` runs under any WSGI server; the database is GUESTBOOK_DB or a file here.
"""

from __future__ import annotations

import pathlib
import re
import urllib.parse
from collections.abc import Iterable

import entries
import pages

ENTRIES_A_PAGE = 20
NEWEST = 2**62  # higher than any entry's number
LONGEST = {"name": 60, "message": 2000}  # characters
LARGEST_FORM = 64 * 1024  # bytes
STYLE = pathlib.Path(__file__).with_name("style.css").read_bytes()


def application(environ, start_response) -> Iterable[bytes]:
    """Answer one request: choose by path, then by method."""
    path = environ.get("PATH_INFO") or "/"
    method = environ["REQUEST_METHOD"]
    if path == "/":
        handlers = {"GET": show_entries, "HEAD": show_entries, "POST": sign}
    elif re.fullmatch(r"/entries/[1-9][0-9]{0,14}", path):
        handlers = {"GET": show_entry, "HEAD": show_entry}
    elif path == "/style.css":
        handlers = {"GET": show_style, "HEAD": show_style}
    else:
        return fail(environ, start_response, "404 Not Found")
    if method not in handlers:
        allow = [("Allow", ", ".join(handlers))]
        return fail(environ, start_response, "405 Method Not Allowed", allow)
    return handlers[method](environ, start_response)


def show_entries(environ, start_response) -> Iterable[bytes]:
    """Show the form and the newest entries, or those before the one named in the query."""
    query = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""))
    before = query.get("before", [""])[0]
    newest_before = int(before) if re.fullmatch("[0-9]{1,15}", before) else NEWEST
    page = front_page(environ, pages.form(root(environ), {}, {}), newest_before)
    return answer(environ, start_response, "200 OK", page)


def show_entry(environ, start_response) -> Iterable[bytes]:
    """Show one entry on a page of its own."""
    entry = entries.find(int(environ["PATH_INFO"].rpartition("/")[2]))
    if entry is None:
        return fail(environ, start_response, "404 Not Found")
    return answer(environ, start_response, "200 OK", pages.single(root(environ), entry))


def show_style(environ, start_response) -> Iterable[bytes]:
    """Send the style sheet."""
    media_type = "text/css; charset=utf-8"
    return answer(environ, start_response, "200 OK", STYLE, media_type)


def sign(environ, start_response) -> Iterable[bytes]:
    """Store an entry and redirect to it, so that a reload does not sign again."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not re.fullmatch("[0-9]{1,15}", length) or int(length) > LARGEST_FORM:
        return fail(environ, start_response, "413 Content Too Large")
    body = environ["wsgi.input"].read(int(length)).decode("utf-8", "replace")
    sent = urllib.parse.parse_qs(body)
    fields = {name: sent.get(name, [""])[0].strip() for name in LONGEST}
    errors = find_errors(fields)
    if errors:
        form = pages.form(root(environ), fields, errors)
        page = front_page(environ, form, NEWEST)
        return answer(environ, start_response, "422 Unprocessable Content", page)
    number = entries.add(**fields)
    start_response(
        "303 See Other",
        [("Location", f"{root(environ)}/entries/{number}"), ("Content-Length", "0")],
    )
    return []


def find_errors(fields: dict[str, str]) -> dict[str, str]:
    """Say, for each field that cannot be taken, what is wrong with it."""
    wanted = {
        "name": "Please tell us your name.",
        "message": "Please write a few words.",
    }
    errors = {name: wanted[name] for name, text in fields.items() if not text}
    for name, text in fields.items():
        if len(text) > LONGEST[name]:
            errors[name] = f"That has {len(text)} characters; {LONGEST[name]} fit in."
    return errors


def front_page(environ, form: str, before: int) -> str:
    """Build the page with the form and the entries older than ``before``."""
    listed = entries.newest(ENTRIES_A_PAGE + 1, before)
    older = len(listed) > ENTRIES_A_PAGE
    return pages.front(root(environ), listed[:ENTRIES_A_PAGE], form, older=older)


def root(environ) -> str:
    """Return where the guestbook is mounted, percent-encoded for a link."""
    return urllib.parse.quote(environ.get("SCRIPT_NAME", "").encode("latin-1"))


def fail(environ, start_response, status: str, headers=()) -> Iterable[bytes]:
    """Answer with a page that says the status."""
    page = pages.failure(root(environ), status)
    return answer(environ, start_response, status, page, headers=headers)


def answer(
    environ,
    start_response,
    status: str,
    body: str | bytes,
    media_type: str = "text/html; charset=utf-8",
    headers=(),
) -> Iterable[bytes]:
    """Send a whole body, or for HEAD its headers alone."""
    content = body.encode() if isinstance(body, str) else body
    length = ("Content-Length", str(len(content)))
    start_response(status, [("Content-Type", media_type), length, *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]
