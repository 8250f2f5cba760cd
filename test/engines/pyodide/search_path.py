"""Imports the module that the path names, and tells of what was settled when Python started."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    module = environ["PATH_INFO"][1:]
    answer = importlib.import_module(module).TEXT if module else settled()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]


def settled() -> str:
    return f"{sys.flags.optimize} {sys.dont_write_bytecode} {os.environ.get('PYTHONPATH')}"
