"""How lint names what it saw: values quoted safely, and never longer than a line of a log."""

from __future__ import annotations

import json
import re
import reprlib
from typing import Any, Final

# A header may be megabytes; what shows the fault fits in this many characters.
MAX_SHOWN_CHARACTERS: Final = 120

# Of evidence as a whole, which may name headers and variables of any length.
_MAX_EVIDENCE: Final = 500

_ADDRESS: Final = re.compile(r" at 0x[0-9A-Fa-f]+")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_OPEN_ENDED: Final = (bytes, bytearray, int, float, list, tuple, dict, set, frozenset)

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = MAX_SHOWN_CHARACTERS


def is_a(value: Any, *kinds: type) -> bool:
    """`isinstance` for what may be anything: a type checker learns nothing of its items by it."""
    return isinstance(value, kinds)


def is_exactly(value: Any, *kinds: type) -> bool:
    """The same without subclasses."""
    return type(value) in kinds


def shown(value: Any) -> str:
    """A value as one line of ASCII; the same for equal values, whatever their address."""
    if isinstance(value, str):
        cut = value if len(value) <= MAX_SHOWN_CHARACTERS else value[:MAX_SHOWN_CHARACTERS] + "..."
        return json.dumps(cut)
    if value is None or isinstance(value, _OPEN_ENDED):
        return clean(_ADDRESS.sub("", _repr.repr(value)))
    return kind_of(value)


def kind_of(value: Any) -> str:
    """What a value is, in a word or two: `None`, `an int`."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def text_or_kind(value: Any) -> str:
    """A text as it is, for that is what stands where bytes belong; else what it is."""
    return f"the text {shown(value)}" if isinstance(value, str) else kind_of(value)


def bounded(evidence: str) -> str:
    """Evidence as it is told: whatever the names in it, one line of a bounded length."""
    cut = evidence if len(evidence) <= _MAX_EVIDENCE else f"{evidence[:_MAX_EVIDENCE]}..."
    return clean(cut)


def clean(text: str) -> str:
    """Text without what could end a line or drive a terminal."""
    return _UNSAFE.sub(lambda found: json.dumps(found.group())[1:-1], text)
