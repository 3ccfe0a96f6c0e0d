"""What proves who asks, read once at start from the files that the configuration names."""

from __future__ import annotations

from msgspec import Struct

from harvester.config import secrets
from harvester.config.settings import Web
from harvester.errors import ConfigError
from harvester.web.access import passwords


class Credentials(Struct, frozen=True, kw_only=True):
    """The hashes of both passwords and the token, `None` where they are not configured."""

    password: str | None = None
    reader_password: str | None = None
    token: str | None = None


def read(web: Web) -> Credentials:
    """Raises `ConfigError` if a file is missing or has something else."""
    return Credentials(
        password=_hash(web.password_file, "web.password_file", "harvester web password"),
        reader_password=_hash(web.reader_password_file, "web.reader_password_file", "harvester web password --reader"),
        token=_token(web.token_file),
    )


def _hash(file: str | None, key: str, command: str) -> str | None:
    if file is None:
        return None
    try:
        line = secrets.from_file(file, key.removesuffix("_file"))
    except ConfigError as error:
        raise ConfigError([f"{key}: {file} has no password yet; write one with `{command}`"]) from error
    if not passwords.is_hash(line):
        raise ConfigError([f"{key}: {file} has no hash of a password; write one with `{command}`"])
    return line


def _token(file: str | None) -> str | None:
    if file is None:
        return None
    token = secrets.from_file(file, "web.token")
    if len(token) < passwords.SHORTEST_TOKEN:
        raise ConfigError(
            [f"web.token_file: the secret in {file} is too short; {passwords.SHORTEST_TOKEN} characters are the least"]
        )
    return token
