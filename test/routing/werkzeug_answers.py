"""What the installed Werkzeug makes of the cases of routing-case.ts: JSON in on stdin, JSON out."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BuildError, Map, MapAdapter, RequestRedirect, Rule


def main() -> None:
    cases = json.load(sys.stdin)
    json.dump([answers(case) for case in cases], sys.stdout)


def answers(case: dict[str, Any]) -> dict[str, list[Any]]:
    options = case.get("options", {})
    url_map = Map(
        [rule(each) for each in case["rules"]],
        strict_slashes=options.get("strictSlashes", True),
        merge_slashes=options.get("mergeSlashes", True),
        host_matching=any("host" in each for each in case["rules"]),
    )
    return {
        "asks": [outcome(bound(url_map, ask), ask) for ask in case.get("asks", [])],
        "builds": [url(bound(url_map, build), build) for build in case.get("builds", [])],
    }


def rule(facts: dict[str, Any]) -> Rule:
    return Rule(
        facts["pattern"],
        endpoint=facts["name"],
        methods=facts.get("methods"),
        defaults=facts.get("defaults"),
        host=facts.get("host"),
        strict_slashes=facts.get("strictSlashes"),
        merge_slashes=facts.get("mergeSlashes"),
    )


def bound(url_map: Map, facts: dict[str, Any]) -> MapAdapter:
    return url_map.bind(
        facts.get("host", "example.com"),
        facts.get("script"),
        query_args=facts.get("query"),
        default_method=facts.get("method", "GET"),
    )


def outcome(adapter: MapAdapter, ask: dict[str, Any]) -> str | dict[str, Any]:
    try:
        route, values = adapter.match(ask["path"])
    except RequestRedirect as redirect:
        url = urlsplit(redirect.new_url)
        return {"redirect": urlunsplit(("", "", url.path, url.query, ""))}
    except MethodNotAllowed as refusal:
        return {"allowed": sorted(refusal.valid_methods or [])}
    except NotFound:
        return "nothing"
    return {"route": route, "values": {name: plain(value) for name, value in values.items()}}


def url(adapter: MapAdapter, build: dict[str, Any]) -> str | None:
    try:
        return adapter.build(build["route"], build["values"])
    except (BuildError, ValueError):
        return None


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value


if __name__ == "__main__":
    main()
