"""Calls of `hashlib.pbkdf2_hmac` and `hashlib.scrypt`, good and bad, by what they are for."""

from __future__ import annotations

import array
import builtins
import hashlib
from hashlib import pbkdf2_hmac, scrypt
from typing import Any, Callable

# Of all versions. What Python says of other arguments, and OpenSSL of digests, differs by theirs.
TEXTS = (
    *("iteration value", "key length", "n must", "maxmem must", "dklen must", "Invalid parameter"),
)

LEAST = {"salt": b"s", "n": 16, "r": 8, "p": 1}


def derive(derivation: Callable[..., bytes], *arguments: Any, **options: Any) -> str:
    try:
        return derivation(*arguments, **options).hex()
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the answer)
        # One of OpenSSL's own is a kind of one of Python's.
        kind = next(each for each in type(error).__mro__ if hasattr(builtins, each.__name__))
        return f"{kind.__name__}: {error}" if str(error).startswith(TEXTS) else kind.__name__


def by_pbkdf2(digest: Any = "sha256", password: Any = b"p", salt: Any = b"s", *rest: Any) -> str:
    return derive(pbkdf2_hmac, digest, password, salt, *(rest or (1,)))


def by_scrypt(password: Any = b"p", **options: Any) -> str:
    return derive(scrypt, password, **{**LEAST, **options})


DIGESTS = (
    *("md5", "sha1", "sha224", "sha256", "SHA256", "Sha512", "sha384", "sha512"),
    *("sha512_224", "sha512_256", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "sha3-256"),
    *("blake2b", "blake2s", "blake2b512", "shake_128", "shake_256", "nope", ""),
)

KEYS: dict[str, Callable[[], str]] = {
    # RFC 6070, but for the vector of 16,777,216 iterations.
    "1 iteration": lambda: by_pbkdf2("sha1", b"password", b"salt", 1, 20),
    "2 iterations": lambda: by_pbkdf2("sha1", b"password", b"salt", 2, 20),
    "4096 iterations": lambda: by_pbkdf2("sha1", b"password", b"salt", 4096, 20),
    "long": lambda: by_pbkdf2(
        "sha1", b"passwordPASSWORDpassword", b"saltSALT" * 4 + b"salt", 4096, 25
    ),
    "zeros": lambda: by_pbkdf2("sha1", b"pass\0word", b"sa\0lt", 4096, 16),
    # RFC 7914 §12 but for the vector of 1 GiB, and §11.
    "scrypt empty": lambda: by_scrypt(b"", salt=b"", n=16, r=1, p=1),
    "scrypt parallel": lambda: by_scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=16),
    "scrypt sodium": lambda: by_scrypt(b"pleaseletmein", salt=b"SodiumChloride", n=16384, r=8),
    "pbkdf2 80000": lambda: by_pbkdf2("sha256", b"Password", b"NaCl", 80000, 64),
    **{f"digest {name}": lambda name=name: by_pbkdf2(name) for name in DIGESTS},
    "nothing to derive from": lambda: by_pbkdf2("sha256", b"", b""),
    "by name": lambda: derive(
        pbkdf2_hmac, hash_name="sha256", password=b"p", salt=b"s", iterations=2, dklen=3
    ),
    "bytearray": lambda: by_pbkdf2("sha256", bytearray(b"p"), memoryview(b"s")),
    "numbers": lambda: by_pbkdf2("sha256", array.array("I", [1, 2])),
    "not contiguous": lambda: by_pbkdf2("sha256", memoryview(b"pqrs")[::2]),
    "no digest": lambda: by_pbkdf2(b"sha256"),
    "text": lambda: by_pbkdf2("sha256", "p"),
    "salt of text": lambda: by_pbkdf2("sha256", b"p", "s"),
    **{
        f"{value!r} iterations": lambda value=value: by_pbkdf2("sha256", b"p", b"s", value)
        for value in (0, -1, 2**31, 1.0, "1", None, True)
    },
    **{
        f"{value!r} bytes": lambda value=value: by_pbkdf2("sha256", b"p", b"s", 1, value)
        for value in (0, -1, 1, 100, 2**31, 1.5, "x", None, True)
    },
    "digest before iterations": lambda: by_pbkdf2("nope", b"p", b"s", 0),
    "too few": lambda: derive(pbkdf2_hmac, "sha256", b"p", b"s"),
    "too many": lambda: by_pbkdf2("sha256", b"p", b"s", 1, None, 1),
    "unknown": lambda: derive(pbkdf2_hmac, "sha256", b"p", b"s", 1, length=1),
    "scrypt least": by_scrypt,
    "scrypt by name": lambda: derive(scrypt, password=b"p", **LEAST),
    "scrypt by position": lambda: derive(scrypt, b"p", b"s", 16, 8, 1),
    "scrypt without p": lambda: derive(scrypt, b"p", salt=b"s", n=16, r=8),
    "scrypt of text": lambda: by_scrypt("p"),
    "scrypt as Werkzeug": lambda: by_scrypt(n=2**15, maxmem=132 * 2**15 * 8),
    "scrypt as Django": lambda: by_scrypt(n=2**14, p=5, maxmem=0),
    **{
        f"scrypt {name}={value!r}": lambda name=name, value=value: by_scrypt(**{name: value})
        for name, values in {
            "salt": (b"", None, "s"),
            "n": (0, 1, 2, 3, 2**15, 2**20, 2**32, 2**63, None, 1.5, True),
            "r": (0, 1, 2**30, 2**32, None),
            "p": (0, 2, 2**30, None),
            "maxmem": (-1, 0, 1, 20_000, 2**31 - 1, 2**31, None),
            "dklen": (-1, 0, 1, 100, 2**31, None, "x"),
        }.items()
        for value in values
    },
    "there": lambda: repr(
        [hasattr(hashlib, "scrypt"), "pbkdf2_hmac" in hashlib.__all__, "scrypt" in hashlib.__all__]
    ),
}
