"""Gives what Pyodide has no means for and Node.js has: OpenSSL's derivation of keys from passwords,
and a sleep that costs no processor time and that a signal ends.
"""

from __future__ import annotations

import hashlib
import operator
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_INT_MAX: Final = 2**31 - 1

# OpenSSL counts what scrypt may cost in numbers of this size.
_UINT32_MAX: Final = 2**32 - 1

# What hashlib's own names are in OpenSSL, where they are others.
_OPENSSL_NAMES: Final = {
    **{f"sha3_{bits}": f"sha3-{bits}" for bits in (224, 256, 384, 512)},
    **{f"sha512_{bits}": f"sha512-{bits}" for bits in (224, 256)},
    "blake2b": "blake2b512",
    "blake2s": "blake2s256",
}

# Seconds. The original knows what to say of more.
_LONGEST_SLEEP: Final = 2**32


class JavaScriptBytes(Protocol):
    def to_bytes(self) -> bytes: ...


class MeansHost(Protocol):
    """What JavaScript does."""

    def digestSize(self, digest: str) -> int:  # noqa: N802 (JavaScript's name)
        """In bytes; 0 where OpenSSL has no such digest."""
        ...

    def pbkdf2(
        self, digest: str, password: bytes, salt: bytes, cost: tuple[int, int]
    ) -> JavaScriptBytes:
        """The cost is iterations and the key's length."""
        ...

    def scrypt(
        self, password: bytes, salt: bytes, cost: tuple[int, int, int, int, int]
    ) -> JavaScriptBytes | None:
        """The cost is n, r, p, maxmem and the key's length; None where maxmem does not suffice."""
        ...

    def sleep(self, milliseconds: float) -> None:
        """At most so long: a signal's handler runs when it comes, and ends it."""


def give_means(host: MeansHost) -> None:
    """For good: in a whole interpreter. Before the application looks for them."""
    given: Any = hashlib
    given.pbkdf2_hmac = _pbkdf2_hmac_by(host)
    given.scrypt = _scrypt_by(host)
    # Where CPython has it, it is there, and scrypt is not.
    given.__all__ += ("pbkdf2_hmac",)
    time.sleep = _sleep_by(host)


def _pbkdf2_hmac_by(host: MeansHost) -> Callable[..., bytes]:
    def pbkdf2_hmac(
        hash_name: str, password: Any, salt: Any, iterations: int, dklen: int | None = None
    ) -> bytes:
        """PBKDF2 of PKCS #5 v2.0 (RFC 8018), with HMAC."""
        if not isinstance(hash_name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            kind = type(hash_name).__name__
            raise TypeError(f"pbkdf2_hmac() argument 'hash_name' must be str, not {kind}")
        password_bytes, salt_bytes = _bytes_of(password), _bytes_of(salt)
        rounds = operator.index(iterations)
        digest = _OPENSSL_NAMES.get(hash_name, hash_name)
        # Digests of any length are none that HMAC takes.
        size = 0 if digest.lower().startswith("shake") else host.digestSize(digest)
        if size == 0:
            raise ValueError(f"unsupported hash type {hash_name}")
        _check_range("iteration value", rounds)
        length = size if dklen is None else operator.index(dklen)
        _check_range("key length", length)
        key = host.pbkdf2(digest, password_bytes, salt_bytes, (rounds, length))
        return key.to_bytes()

    return pbkdf2_hmac


def _check_range(what: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{what} must be greater than 0.")
    if value > _INT_MAX:
        raise OverflowError(f"{what} is too great.")


def _scrypt_by(host: MeansHost) -> Callable[..., bytes]:
    def scrypt(  # noqa: PLR0913 (hashlib's own)
        password: Any, *, salt: Any, n: int, r: int, p: int, maxmem: int = 0, dklen: int = 64
    ) -> bytes:
        """Scrypt, of RFC 7914."""
        password_bytes, salt_bytes = _bytes_of(password), _bytes_of(salt)
        for name, value in (("n", n), ("r", r), ("p", p)):
            _check_unsigned(name, value)
        memory, length = operator.index(maxmem), operator.index(dklen)
        if n < 2 or n & (n - 1):
            raise ValueError("n must be a power of 2.")
        if not 0 <= memory <= _INT_MAX:
            raise ValueError(f"maxmem must be positive and smaller than {_INT_MAX}")
        if not 1 <= length <= _INT_MAX:
            raise ValueError(f"dklen must be greater than 0 and smaller than {_INT_MAX}")
        if r == 0 or p == 0:
            raise ValueError("Invalid parameter combination for n, r, p, maxmem.")
        key = None
        if max(n, r, p) <= _UINT32_MAX:
            key = host.scrypt(password_bytes, salt_bytes, (n, r, p, memory, length))
        if key is None:
            raise ValueError("[digital envelope routines] memory limit exceeded")
        return key.to_bytes()

    return scrypt


def _check_unsigned(name: str, value: int) -> None:
    if not isinstance(value, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"scrypt() argument '{name}' must be int, not {type(value).__name__}")
    if value < 0:
        raise ValueError("value must be positive")


def _bytes_of(value: Any) -> bytes:
    if isinstance(value, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    view = memoryview(value)
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view.tobytes()


def _sleep_by(host: MeansHost) -> Callable[[float], None]:
    original, now = time.sleep, time.monotonic
    # Looked up once: JavaScript makes a new function of each look.
    rest = host.sleep

    def sleep(seconds: float, /) -> None:
        """Delay execution for a given number of seconds."""
        length = seconds if isinstance(seconds, float) else operator.index(seconds)
        if not 0 < length < _LONGEST_SLEEP:
            original(seconds)
            return
        end = now() + length
        left = float(length)
        while left > 0:
            rest(left * 1000)
            left = end - now()

    return sleep
