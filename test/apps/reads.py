"""Reads wsgi.input as `?how=read:2,readline,...` says, and answers with what each call gave."""

from __future__ import annotations

import json
from typing import Any

from checkpoint import query


def application(environ: dict[str, Any], start_response: Any) -> Any:
    results = []
    for step in query(environ, "how").split(","):
        name, _, size = step.partition(":")
        results.append(call(environ["wsgi.input"], name, [int(size)] if size else []))
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(results, separators=(",", ":")).encode()]


def call(body: Any, name: str, sizes: list[int]) -> Any:
    result = list(body) if name == "iterate" else getattr(body, name)(*sizes)
    lines = result if isinstance(result, list) else [result]
    for line in lines:
        if type(line) is not bytes:
            return f"{name} gave a {type(line).__name__}"
    texts = [line.decode("latin-1") for line in lines]
    return texts if isinstance(result, list) else texts[0]
