"""Passwords as scrypt hashes in a file, and secrets of programs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

_COST, _BLOCK, _PARALLEL = 2**15, 8, 1  # 32 MB and a few tenths of a second (RFC 7914, section 2)
_MEMORY = 64 * 1024 * 1024
SHORTEST = 10  # characters of a password
SHORTEST_TOKEN = 32


def hashed(password: str) -> str:
    """The line for the password file: `scrypt$32768$8$1$SALT$HASH`."""
    salt = secrets.token_bytes(16)
    digest = _digest(password, salt, _COST, _BLOCK, _PARALLEL)
    fields = ("scrypt", _COST, _BLOCK, _PARALLEL, b64encode(salt).decode(), b64encode(digest).decode())
    return "$".join(map(str, fields))


def is_hash(line: str) -> bool:
    """Whether the line is one that `hashed` wrote."""
    try:
        _parts(line)
    except ValueError:
        return False
    return True


def matches(password: str, line: str) -> bool:
    """Whether the password is the one of the line. Takes a few tenths of a second."""
    cost, block, parallel, salt, digest = _parts(line)
    return hmac.compare_digest(_digest(password, salt, cost, block, parallel), digest)


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _parts(line: str) -> tuple[int, int, int, bytes, bytes]:
    """Raises `ValueError`."""
    name, cost, block, parallel, salt, digest = line.split("$")
    numbers = int(cost), int(block), int(parallel)
    if name != "scrypt" or not all(0 < number <= most for number, most in zip(numbers, (2**17, 16, 4), strict=True)):
        raise ValueError("not a hash of a password")
    return *numbers, b64decode(salt, validate=True), b64decode(digest, validate=True)


def _digest(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    text = password.encode("utf-8", "replace")
    return hashlib.scrypt(text, salt=salt, n=cost, r=block, p=parallel, maxmem=4 * _MEMORY)
