"""Does with the real itsdangerous, Flask and Django what it is told on its standard input.

The input is a JSON list of operations, the output one of their outcomes. Values cross as
descriptions, since JSON has no tuples, no bytes and one kind of number.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import itsdangerous
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core import signing
from django.http import HttpRequest, HttpResponse
from flask import Flask
from markupsafe import Markup

settings.configure(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies")

Operation = dict[str, Any]
LARGEST_SAFE = 2**53 - 1


def describe(value: Any) -> Any:
    """What ``build`` makes the same value of; integral floats count as integers."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        is_integer = value.is_integer() and abs(value) <= LARGEST_SAFE
        if is_integer and str(value) != "-0.0":
            return {"int": str(int(value))}
        return {"float": "nan" if math.isnan(value) else struct.pack(">d", value).hex()}
    if isinstance(value, Markup):
        return {"markup": str(value)}
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, uuid.UUID):
        return {"uuid": str(value)}
    if isinstance(value, datetime):
        return {"datetime": int(value.timestamp())}
    if isinstance(value, tuple):
        return {"tuple": [describe(item) for item in value]}
    if isinstance(value, list):
        return {"list": [describe(item) for item in value]}
    return {"dict": sorted([[key, describe(member)] for key, member in value.items()])}


BUILDERS: dict[str, Callable[[Any], Any]] = {
    "int": int,
    "float": lambda text: (
        math.nan if text == "nan" else struct.unpack(">d", bytes.fromhex(text))[0]
    ),
    "markup": Markup,
    "bytes": bytes.fromhex,
    "uuid": uuid.UUID,
    "datetime": lambda seconds: datetime.fromtimestamp(seconds, timezone.utc),
    "tuple": lambda items: tuple(build(item) for item in items),
    "list": lambda items: [build(item) for item in items],
    "dict": lambda pairs: {key: build(member) for key, member in pairs},
}


def build(description: Any) -> Any:
    if not isinstance(description, dict):
        return description
    ((kind, content),) = description.items()
    return BUILDERS[kind](content)


def flask_serializer(operation: Operation) -> Any:
    app = Flask("real")
    app.secret_key = operation["key"]
    app.config["SECRET_KEY_FALLBACKS"] = operation.get("fallbacks", [])
    return app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]


def dangerous(operation: Operation) -> Any:
    """An object of itsdangerous; keys are given to it from the oldest to the newest."""
    keys = [*operation.get("fallbacks", []), operation["key"]]
    options = dict(operation.get("options", {}))
    if "digest" in options:
        options["digest_method"] = getattr(hashlib, options.pop("digest"))
    if "Serializer" in operation["class"]:
        salt = {"salt": options.pop("salt")} if "salt" in options else {}
        options = {**salt, "signer_kwargs": options}
    return getattr(itsdangerous, operation["class"])(keys, **options)


def django_signer(operation: Operation) -> Any:
    return getattr(signing, operation["class"])(
        key=operation["key"],
        fallback_keys=operation.get("fallbacks", []),
        **operation.get("options", {}),
    )


def django_settings(operation: Operation) -> None:
    settings.SECRET_KEY = operation["key"]
    settings.SECRET_KEY_FALLBACKS = operation.get("fallbacks", [])


def make_django_session(operation: Operation) -> str:
    django_settings(operation)
    store = SessionStore()
    store.update(build(operation["value"]))
    store.save()
    return str(store.session_key)


def read_django_session(operation: Operation) -> Any:
    django_settings(operation)
    return describe(dict(SessionStore(operation["text"]).items()))


def make_signed_cookie(operation: Operation) -> str:
    django_settings(operation)
    name, salt = operation["name"], operation["salt"]
    if operation.get("legacy"):
        return str(signing.get_cookie_signer(salt=name + salt).sign(operation["value"]))
    response = HttpResponse()
    response.set_signed_cookie(name, operation["value"], salt=salt)
    return str(response.cookies[name].value)


def read_signed_cookie(operation: Operation) -> str:
    django_settings(operation)
    request = HttpRequest()
    request.COOKIES[operation["name"]] = operation["text"]
    return str(
        request.get_signed_cookie(
            operation["name"], salt=operation["salt"], max_age=operation.get("maxAge")
        )
    )


def text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def unsign(signer: Any, operation: Operation) -> str:
    limit = {"max_age": operation["maxAge"]} if "maxAge" in operation else {}
    return text(signer.unsign(operation["text"], **limit))


def loads(serializer: Any, operation: Operation) -> Any:
    limit = {"max_age": operation["maxAge"]} if "maxAge" in operation else {}
    return describe(serializer.loads(operation["text"], **limit))


def django_loads(operation: Operation) -> Any:
    value = signing.loads(
        operation["text"],
        key=operation["key"],
        fallback_keys=operation.get("fallbacks", []),
        max_age=operation.get("maxAge"),
        **operation.get("options", {}),
    )
    return describe(value)


def django_dumps(operation: Operation) -> str:
    options = {**operation.get("options", {}), "compress": operation.get("compress", False)}
    return signing.dumps(build(operation["value"]), key=operation["key"], **options)


ACTS: dict[str, Callable[[Operation], Any]] = {
    "flask dumps": lambda it: text(flask_serializer(it).dumps(build(it["value"]))),
    "flask loads": lambda it: loads(flask_serializer(it), it),
    "itsdangerous sign": lambda it: text(dangerous(it).sign(it["value"])),
    "itsdangerous unsign": lambda it: unsign(dangerous(it), it),
    "itsdangerous dumps": lambda it: text(dangerous(it).dumps(build(it["value"]))),
    "itsdangerous loads": lambda it: loads(dangerous(it), it),
    "django sign": lambda it: django_signer(it).sign(it["value"]),
    "django unsign": lambda it: unsign(django_signer(it), it),
    "django dumps": django_dumps,
    "django loads": django_loads,
    "django session dumps": make_django_session,
    "django session loads": read_django_session,
    "django cookie sign": make_signed_cookie,
    "django cookie unsign": read_signed_cookie,
}


def outcome(operation: Operation) -> dict[str, Any]:
    now = operation["now"]
    time.time = lambda: now  # type: ignore[assignment]
    try:
        return {"value": ACTS[operation["do"]](operation)}
    except (itsdangerous.BadData, signing.BadSignature, ValueError, struct.error) as error:
        return {"error": type(error).__name__}


if __name__ == "__main__":
    json.dump([outcome(operation) for operation in json.load(sys.stdin)], sys.stdout)
