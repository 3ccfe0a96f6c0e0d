"""How this program is called from the shell of the user, for commands that can be copied."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import click

DEFAULT_CONFIG = Path("config.toml")
_WITHOUT_CONFIG = ("demo", "docs", "explain")  # commands that read no configuration


def program() -> str:
    """`harvester` if the shell finds this installation by that name, or else the path that it was called by."""
    called = Path(sys.argv[0])
    if called.name != "harvester":
        return f"{shlex.quote(short_path(sys.executable))} -m harvester"
    found = shutil.which("harvester")
    if found and os.path.realpath(found) == os.path.realpath(called):
        return "harvester"
    return shlex.quote(short_path(called.absolute()))


def as_called(text: str, config: Path | None = None) -> str:
    """The text with `--config` in its commands, if the user named a configuration, so that they can be copied.

    `config` is what the user named; by default that of the command that runs.
    """
    from harvester.cli.root import COMMANDS  # which imports this module

    if config is None:
        context = click.get_current_context(silent=True)
        config = context.obj.config if context and context.obj else None
    if config is None or config == DEFAULT_CONFIG:
        return text
    names = "|".join(name for name in COMMANDS if name not in _WITHOUT_CONFIG)
    option = f"--config {shlex.quote(str(config))}"
    return re.sub(rf"(?<![\w.-])harvester (?=(?:{names})\b)", lambda called: f"{called[0]}{option} ", text)


def short_path(path: Path | str) -> str:
    """The path as one would type it here: relative, if it is below the working folder."""
    path, here = Path(path), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
