"""How this program is called from the shell of the user, for commands that can be copied."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path


def program() -> str:
    """`harvester` if the shell finds this installation by that name, or else the path that it was called by."""
    called = Path(sys.argv[0])
    if called.name != "harvester":
        return f"{shlex.quote(short_path(sys.executable))} -m harvester"
    found = shutil.which("harvester")
    if found and os.path.realpath(found) == os.path.realpath(called):
        return "harvester"
    return shlex.quote(short_path(called.absolute()))


def short_path(path: Path | str) -> str:
    """The path as one would type it here: relative, if it is below the working folder."""
    path, here = Path(path), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
