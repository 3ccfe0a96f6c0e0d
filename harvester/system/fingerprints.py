"""Short fingerprints, which tell whether something has changed and say nothing of what it is."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path


def fingerprint(*values: str) -> str:
    """16 hexadecimal digits of these values."""
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:16]


def of_login(*login: str | None, file: str | None) -> str:
    """Changes with the login, and with the name and the date of the file of its password or key."""
    date = ""
    if file:
        with suppress(OSError):
            date = str(Path(file).stat().st_mtime_ns)
    return fingerprint(*(part or "" for part in login), file or "", date)
