"""Secrets, which the configuration only names: it has the environment variable or the file of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harvester.errors import ConfigError
from harvester.system.confidential import SHORTEST_SECRET


def read(variable: str | None, file: str | None, key: str) -> str | None:
    """The content of the environment variable or the file, `None` if neither is named. Raises `ConfigError`."""
    if variable:
        return from_variable(variable, f"{key}_env")
    return from_file(file, f"{key}_file") if file else None


def from_variable(name: str, key: str) -> str:
    """The content of an environment variable. Raises `ConfigError` if it has none."""
    value = os.environ.get(name, "")
    if not value:
        raise ConfigError([f"{key}: the environment variable {name} is not set; set it before starting the program"])
    return value


def from_file(path: str, key: str) -> str:
    """The first line of a file that has one secret, without the byte order mark that Notepad writes at the start.

    Raises `ConfigError` if it has none.
    """
    try:
        first, *_ = Path(path).read_text(encoding="utf-8-sig").splitlines() or [""]
    except OSError as error:
        raise ConfigError(
            [f"{key}: {path} cannot be read: {error.strerror}; name a file that this user may read"]
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError([_not_utf8(key, path)]) from error
    if "\0" in first:  # UTF-16 without a byte order mark
        raise ConfigError([_not_utf8(key, path)])
    if not first.strip():
        raise ConfigError([f"{key}: {path} is empty; write the secret into its first line"])
    return first.strip()


def _not_utf8(key: str, path: str) -> str:
    return f"{key}: {path} is not UTF-8; save it again as UTF-8, with the secret in its first line"


def is_short(secret: str | None) -> bool:
    """Whether the secret is too short to be hidden in messages."""
    return secret is not None and 0 < len(secret) < SHORTEST_SECRET


def short_in_proxies() -> Iterator[str]:
    """The environment variables that have such a password for a proxy."""
    for name, url in os.environ.items():
        if name.lower().endswith("_proxy") and is_short(_password_in(url)):
            yield name


def _password_in(url: str) -> str | None:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return None
