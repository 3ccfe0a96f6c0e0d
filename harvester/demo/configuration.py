"""The demonstration's config.toml: written once, then only its addresses follow the provider."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from harvester.demo import ojs
from harvester.system.files import make_folder, write_whole

TEMPLATE = Path(__file__).with_name("config.toml.template")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)(?=/)")
_PORT = re.compile(r"(?<=--port )\d+")


def port(path: Path) -> int:
    """The port that the configuration names; 0, any free one, where there is none yet."""
    found = _ADDRESS.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return int(found[1]) if found else 0


def write(path: Path, root: str) -> None:
    """Writes the configuration for a provider at `root` (http://127.0.0.1:PORT), or moves one that is there to it."""
    if path.exists():
        text = path.read_text(encoding="utf-8")
        moved = _PORT.sub(root.rpartition(":")[2], _ADDRESS.sub(root, text))
    else:
        text, moved = "", render(root)
    if moved != text:
        make_folder(path.parent)
        write_whole(path, moved.encode())


def render(root: str) -> str:
    """The configuration for a provider at `root`."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        port=root.rpartition(":")[2], journals=root + ojs.JOURNALS, archive=root + ojs.ARCHIVE
    )
