"""The application by which ``portico probe`` judges a WSGI server. NOT FOR PRODUCTION.

One file, the standard library alone: copy it to any server and serve ``application``. Mirrors
src/probe/probe-application.ts: the same paths, the same answers.

``/hello``        answers ``hello`` and reads nothing
``/echo``         answers the request's body
``/big?size=N``   answers N bytes in pieces of 64 KiB
``/script``       does what the JSON of ``?script=`` says (src/probe/script.ts has the steps)
``/wrapped/...``  the same behind the standard library's validating middleware
any other path    answers JSON: the environ's strings, and facts about the call

It tells everybody what the environ holds and does what everybody says: a server that strangers
reach must not serve it. ``?judge=PORT`` makes it connect to that port of REMOTE_ADDR, or of
127.0.0.1, to report; it never connects to anything else.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import parse_qs
from wsgiref.util import request_uri
from wsgiref.validate import validator

SOCKETS: Any = import_module("webassembly_socket" if sys.platform == "emscripten" else "socket")
PIECE = 65_536
PATIENCE = 10  # seconds; a judge that says nothing for longer is taken for gone

Environ = dict[str, Any]
Steps = list[list[Any]]


def application(*arguments: Any, **keywords: Any) -> Iterable[bytes]:
    """Answer as the path says; the arguments are taken as they come, since they are judged too."""
    environ: Environ = arguments[0]
    path: str = environ.get("PATH_INFO", "")
    if path.startswith("/wrapped/"):
        inner = {**environ, "PATH_INFO": path[len("/wrapped") :]}
        return validator(application)(inner, arguments[1])
    answer = ANSWERS.get(path)
    if answer is not None:
        return answer(environ, arguments[1])
    facts = {"arguments": len(arguments), "keywords": sorted(keywords), **facts_of(environ)}
    report(judge_of(environ), "environ", facts)
    arguments[1]("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(facts).encode()]


def hello(_environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def echo(environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Read to the end where the server says that there is one, else as far as CONTENT_LENGTH."""
    body = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        data = b"".join(iter(lambda: body.read(PIECE), b""))
    else:
        data = body.read(int(environ.get("CONTENT_LENGTH") or "0"))
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [data]


def big(environ: Environ, start_response: Any) -> Iterable[bytes]:
    size = int(query(environ, "size"))
    headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))]
    start_response("200 OK", headers)
    return pieces(size)


def pieces(size: int) -> Iterator[bytes]:
    piece = b"x" * PIECE
    yield from (piece[: size - start] for start in range(0, size, PIECE))


def facts_of(environ: Environ) -> dict[str, Any]:
    """What the judge asks of an environ that no JSON can hold itself."""
    return {
        "strings": {name: value for name, value in environ.items() if isinstance(value, str)},
        "names": sorted(str(name) for name in environ),
        "isPlain": type(environ) is dict,
        "notText": sorted(
            name for name, value in environ.items() if "." not in name and type(value) is not str
        ),
        "version": list(environ.get("wsgi.version", ())),
        "versionIsTuple": type(environ.get("wsgi.version")) is tuple,
        "flags": {name: bool(environ[name]) for name in FLAGS if name in environ},
        "inputLacks": lacks(environ.get("wsgi.input"), INPUT_METHODS),
        "errorsLacks": lacks(environ.get("wsgi.errors"), ERRORS_METHODS),
        "url": request_uri(environ),
        "language": f"Python {sys.version.split()[0]}",
        **where(),
    }


FLAGS = ("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once", "wsgi.input_terminated")
INPUT_METHODS = ("read", "readline", "readlines", "__iter__")
ERRORS_METHODS = ("write", "writelines", "flush")


def lacks(stream: Any, methods: Iterable[str]) -> list[str]:
    return [name for name in methods if not callable(getattr(stream, name, None))]


def where() -> dict[str, Any]:
    return {"process": os.getpid(), "thread": threading.get_ident()}


def query(environ: Environ, name: str) -> str:
    """The first value of a name in the query string."""
    values = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).get(name)
    return values[0] if values else ""


def judge_of(environ: Environ) -> tuple[str, int] | None:
    port = query(environ, "judge")
    if port == "":
        return None
    try:
        return str(ip_address(environ.get("REMOTE_ADDR", ""))), int(port)
    except ValueError:
        return "127.0.0.1", int(port)


def report(judge: tuple[str, int] | None, point: str, facts: dict[str, Any]) -> None:
    """Tell the judge, and wait until it says go on."""
    if judge is None:
        return
    # Whoever asks names the point and the port: no words of another protocol go there.
    if not point.isidentifier():
        raise ValueError(f"a point is named by one word, not {point!r}")
    with SOCKETS.create_connection(judge, timeout=PATIENCE) as connection:
        connection.sendall(f"{point}\t{json.dumps(facts)}\n".encode())
        connection.recv(1)


class ScriptedError(Exception):
    """What the script raises."""


class Witness:
    """What a kept traceback keeps alive."""


def script(environ: Environ, start_response: Any) -> Iterable[Any]:
    return Performance(environ, start_response).begin()


class Performance:
    """A request that does what its script says, and keeps what came of it."""

    def __init__(self, environ: Environ, start_response: Any) -> None:
        self.environ = environ
        self.start_response = start_response
        self.script: dict[str, Any] = json.loads(query(environ, "script"))
        self.judge = judge_of(environ)
        self.input = environ["wsgi.input"]
        self.errors = environ["wsgi.errors"]
        self.write: Any = None
        self.headers: Any = None
        self.given: BaseException | None = None
        self.outcomes: list[Any] = []
        self.touched: list[str] = []

    def begin(self) -> Iterable[Any]:
        called = list(self.perform(self.script.get("call", [])))
        items = self.perform(self.script.get("items", []))
        return BODIES[self.script.get("body", "list")](self, called, items)

    def perform(self, steps: Steps) -> Iterator[Any]:
        for name, *arguments in steps:
            yield from getattr(self, f"do_{name}")(*arguments) or ()

    def close(self) -> None:
        list(self.perform(self.script.get("close", [])))

    def do_start(self, status: Any, headers: Any, how: str = "") -> None:
        self.headers = data_of(headers)
        arguments = (data_of(status), self.headers)
        if how == "exc_info":
            try:
                raise ScriptedError("as the script says")
            except ScriptedError as failure:
                self.given = failure
                self.write = self.start_response(*arguments, sys.exc_info())
        elif how == "None":
            self.write = self.start_response(*arguments, None)
        else:
            self.write = self.start_response(*arguments)

    def do_write(self, text: Any, times: int = 1) -> None:
        self.write(chunk_of(text) * times)

    def do_yield(self, text: Any, times: int = 1) -> Iterator[Any]:
        yield chunk_of(text) * times

    def do_raise(self) -> None:
        raise ScriptedError("as the script says")

    def do_reach(self, point: str) -> None:
        facts = {"outcomes": self.outcomes, "touched": sorted(set(self.touched)), **where()}
        report(self.judge, point, facts)

    def do_read(self, method: str, *size: int) -> None:
        body = self.input
        result: Any = list(body) if method == "iterate" else getattr(body, method)(*size)
        self.outcomes.append(shown(result))

    def do_errors(self, method: str, *texts: Any) -> None:
        getattr(self.errors, method)(*texts)

    def do_clear(self) -> None:
        self.environ.clear()

    def do_set(self, name: str, value: str) -> None:
        self.environ[name] = value

    def do_try(self, step: list[Any]) -> Iterator[Any]:
        try:
            yield from self.perform([step])
        except Exception as error:
            self.outcomes.append({"raised": type(error).__name__, "same": error is self.given})
        else:
            self.outcomes.append("returned")

    def do_answer(self) -> Iterator[Any]:
        yield json.dumps(self.outcomes, separators=(",", ":")).encode()

    def do_repeat(self, times: int, steps: Steps) -> Iterator[Any]:
        for _ in range(times):
            yield from self.perform(steps)

    def do_hint(self, headers: Any) -> None:
        self.environ["wsgi.early_hints"](data_of(headers))

    def do_weigh(self) -> None:
        """Whether the server keeps exc_info when start_response has returned."""
        witness = Witness()
        mark = weakref.ref(witness)
        try:
            raise_before(witness)
        except ScriptedError:
            self.start_response("200 OK", [("Content-Type", "text/plain")], sys.exc_info())
        del witness
        gc.collect()
        self.outcomes.append(mark() is not None)

    def do_look(self) -> None:
        """What has become of the list that start_response got."""
        self.outcomes.append([list(pair) for pair in self.headers])


def raise_before(_witness: Witness) -> None:
    raise ScriptedError("as the script says")


class Body:
    """An iterable that keeps which names the server looks up beside those that it needs."""

    def __init__(self, performance: Performance, items: Iterator[Any]) -> None:
        self.performance = performance
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        return self.items

    def __getattr__(self, name: str) -> Any:
        self.performance.touched.append(name)
        raise AttributeError(name)

    def close(self) -> None:
        self.performance.close()


class LengthlessBody(Body):
    def __len__(self) -> int:
        raise TypeError("this body does not know its length")


class OnlyReadable:
    """A file without a descriptor; closed, it does what the script says."""

    def __init__(self, performance: Performance, file: Any) -> None:
        self.performance = performance
        self.file = file

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size)

    def close(self) -> None:
        self.file.close()
        self.performance.close()


class RegularFile(OnlyReadable):
    def fileno(self) -> int:
        return self.file.fileno()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()


def list_of(_: Performance, called: list[Any], items: Iterator[Any]) -> Iterable[Any]:
    return [*called, *items]


def generator_of(_: Performance, _called: list[Any], items: Iterator[Any]) -> Iterable[Any]:
    return items


def body_of(performance: Performance, _: list[Any], items: Iterator[Any]) -> Iterable[Any]:
    return Body(performance, items)


def lengthless(performance: Performance, _: list[Any], items: Iterator[Any]) -> Iterable[Any]:
    return LengthlessBody(performance, items)


def file_of(performance: Performance, _: list[Any], items: Iterator[Any]) -> Iterable[Any]:
    """The items as a file, wrapped by the server, as `file` of the script says."""
    told: dict[str, Any] = performance.script["file"]
    is_on_disk = told.get("of") == "disk"
    file: Any = tempfile.TemporaryFile() if is_on_disk else io.BytesIO()  # noqa: SIM115 (it is closed by the server)
    file.write(b"".join(items))
    file.seek(told.get("from", 0))
    kind = RegularFile if is_on_disk else OnlyReadable
    block = [told["block"]] if "block" in told else []
    wrapped = performance.environ["wsgi.file_wrapper"](kind(performance, file), *block)
    if told.get("fate") == "dropped":
        return [b"dropped"]
    if told.get("fate") == "upper":
        return Upper(wrapped)
    return wrapped


class Upper:
    """A middleware's iterable: what the server's wrapper yields, changed."""

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped

    def __iter__(self) -> Iterator[bytes]:
        return (item.upper() for item in self.wrapped)

    def close(self) -> None:
        self.wrapped.close()


BODIES: dict[str, Callable[..., Iterable[Any]]] = {
    "list": list_of,
    "generator": generator_of,
    "object": body_of,
    "lengthless": lengthless,
    "file": file_of,
}


def data_of(told: Any) -> Any:
    """`{"bytes": text}` and `{"tuple": pairs}` stand for what JSON has not."""
    if isinstance(told, list):
        return [tuple(pair) for pair in cast("list[Any]", told)]
    if not isinstance(told, dict):
        return told
    given = cast("dict[str, Any]", told)
    return tuple(data_of(given["tuple"])) if "tuple" in given else chunk_of(given["bytes"])


def chunk_of(told: Any) -> Any:
    """The bytes of a text; `{"str": text}` is the text itself."""
    return cast("dict[str, str]", told)["str"] if isinstance(told, dict) else told.encode("latin-1")


def shown(result: Any) -> Any:
    """Bytes as text, what is not bytes by its type."""
    if isinstance(result, list):
        return [shown(line) for line in cast("list[Any]", result)]
    return result.decode("latin-1") if type(result) is bytes else {"type": type(result).__name__}


ANSWERS: dict[str, Callable[[Environ, Any], Iterable[Any]]] = {
    "/hello": hello,
    "/echo": echo,
    "/big": big,
    "/script": script,
}
