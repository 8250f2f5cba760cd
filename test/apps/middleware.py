"""Middleware of Werkzeug around all applications of the contract; the dispatcher has them at /below."""

from __future__ import annotations

from typing import Any

import everything
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.profiler import ProfilerMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix


def not_found(_environ: dict[str, Any], start_response: Any) -> Any:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]


proxy_fix = ProxyFix(everything.application, x_prefix=1)
dispatcher = DispatcherMiddleware(not_found, {"/below": everything.application})
profiler = ProfilerMiddleware(everything.application, stream=None)
