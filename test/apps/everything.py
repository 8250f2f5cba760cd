"""All applications of the contract: each below its own name, and `environment` at the root."""

from __future__ import annotations

from typing import Any

import as_told
import closes
import complains
import counts
import echo
import empties_environ
import environment
import hints
import ignores_body
import one_by_one
import raises
import reads
import returns_nonsense
import sends_file
import starts_late
import starts_twice
import validated

MOUNTED = {
    module.__name__: module.application
    for module in (
        as_told,
        closes,
        complains,
        counts,
        echo,
        empties_environ,
        environment,
        hints,
        ignores_body,
        one_by_one,
        raises,
        reads,
        returns_nonsense,
        sends_file,
        starts_late,
        starts_twice,
        validated,
    )
}


def application(environ: dict[str, Any], start_response: Any) -> Any:
    name, slash, rest = environ["PATH_INFO"][1:].partition("/")
    mounted = MOUNTED.get(name)
    if mounted is None:
        return environment.application(environ, start_response)
    environ["SCRIPT_NAME"] += "/" + name
    environ["PATH_INFO"] = slash + rest
    return mounted(environ, start_response)
