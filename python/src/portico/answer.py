"""One request from its frame to the end of its stream, whatever the application does."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from .environ import Environ, make_environ
from .errors import ClientDisconnected, describe
from .frames import ErrorCode, LogLevel
from .streams import Stream
from .user_traceback import format_user_traceback
from .wsgi import Application, run_application

if TYPE_CHECKING:
    from .worker_hooks import Exchange, WorkerHooks


def answer(
    application: Application, base: Environ, stream: Stream, hooks: WorkerHooks | None = None
) -> None:
    """Run the application; its errors, `SystemExit` included, end the stream alone."""
    errors = body = None
    exchange: Exchange | None = None
    try:
        environ = make_environ(stream, base)
        # The application may change the dictionary, so these are kept beside it.
        errors, body = environ["wsgi.errors"], environ["wsgi.input"]
        if hooks is not None:
            exchange = hooks.begin(environ)
            hooks.pre_request(exchange)
            application = exchange.watch(application)
        run_application(application, environ, stream)
    except ClientDisconnected:
        if not stream.ended:
            stream.reset(ErrorCode.CANCEL)
    except BaseException as error:
        _report(error, stream)
    if hooks is not None and exchange is not None:
        hooks.post_request(exchange)
    if errors is not None and errors.rest:
        errors.flush()
    if body is not None and type(body) is not BytesIO:
        body.close()


def _report(error: BaseException, stream: Stream) -> None:
    trace = format_user_traceback(error)
    stream.log(LogLevel.ERROR, f"Error handling request {stream.request_line}\n{trace}")
    if not stream.ended:
        stream.reset(ErrorCode.INTERNAL_ERROR, describe(error))
