"""One request from its frame to the end of its stream, whatever the application does."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from .environ import make_environ
from .errors import ClientDisconnected, RequestTimeout, describe
from .frames import ErrorCode, LogLevel
from .streams import Stream
from .user_traceback import format_user_traceback
from .wsgi import Application, run_application

if TYPE_CHECKING:
    from .worker_hooks import Exchange, WorkerHooks


def answer(application: Application, stream: Stream, hooks: WorkerHooks | None = None) -> None:
    """Run the application; its errors, `SystemExit` included, end the stream alone."""
    errors = body = None
    exchange: Exchange | None = None
    failure: BaseException | None = None
    try:
        stream.begin()
        try:
            environ = make_environ(stream)
            # The application may change the dictionary, so these are kept beside it.
            errors, body = environ["wsgi.errors"], environ["wsgi.input"]
            if hooks is not None:
                exchange = hooks.begin(environ)
                hooks.pre_request(exchange)
                application = exchange.watch(application)
            run_application(application, environ, stream)
        except BaseException as error:
            failure = error
        stream.settle()
    except RequestTimeout as late:
        # Raised once, when the application had just ended: there is nothing left to settle.
        failure = late
    if failure is not None:
        _report(failure, stream)
        # Else the traceback would keep this very frame, and all of the request, until a collection.
        failure = None
    if hooks is not None and exchange is not None:
        hooks.post_request(exchange)
    if errors is not None and errors.rest:
        errors.flush()
    if body is not None and type(body) is not BytesIO:
        body.close()


def _report(error: BaseException, stream: Stream) -> None:
    if stream.interruption is not None:
        # The log has been told of the request; this is what came of its interruption.
        trace = format_user_traceback(error)
        stream.log(LogLevel.DEBUG, f"Interrupted: {stream.request_line}\n{trace}")
        # It may be thought to have ended where the interruption came before its last frame.
        stream.reset(ErrorCode.CANCEL)
        return
    if isinstance(error, ClientDisconnected):
        if not stream.ended:
            stream.reset(ErrorCode.CANCEL)
        return
    trace = format_user_traceback(error)
    stream.log(LogLevel.ERROR, f"Error handling request {stream.request_line}\n{trace}")
    if not stream.ended:
        stream.reset(ErrorCode.INTERNAL_ERROR, describe(error))
