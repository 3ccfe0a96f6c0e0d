"""`harvester web password`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from harvester.cli.common import Common, Group, pass_common
from harvester.errors import ConfigError, HarvesterError
from harvester.system.files import give_to_owner
from harvester.web.access.passwords import SHORTEST, hashed


@click.group(cls=Group)
def command() -> None:
    """Looks after who may see the web page."""


@command.command()
@click.option("--reader", is_flag=True, help="The password of those who may only read.")
@pass_common
def password(common: Common, reader: bool) -> None:
    """Sets the password of the web page: asks for it twice, and writes its hash into the configured file.

    Without a terminal the password is the first line of standard input. A server that runs must be started again.
    """
    web = common.load().web
    key = "reader_password_file" if reader else "password_file"
    file = web.reader_password_file if reader else web.password_file
    if file is None:
        example = "web-reader-password.txt" if reader else "web-password.txt"
        raise ConfigError([f'web.{key}: is missing; add to config.toml below [web]: {key} = "{example}"'])
    _write(Path(file), hashed(_ask()))
    common.say(f"The password is set in {file}. Start the server again.")


def _ask() -> str:
    """Raises `HarvesterError` if it is too short."""
    if sys.stdin.isatty():
        given: str = click.prompt("Password", hide_input=True, confirmation_prompt="Again", err=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if len(given) < SHORTEST:
        raise HarvesterError(f"The password is too short; {SHORTEST} characters are the least.")
    return given


def _write(file: Path, line: str) -> None:
    """Others cannot read the file, not even for a moment."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(f"{line}\n", encoding="ascii")
    give_to_owner(file)
