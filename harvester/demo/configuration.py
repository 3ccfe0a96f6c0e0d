"""The config.toml of the demonstration. It is written once; later only the URLs of the provider change in it."""

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
    """The port in the configuration; 0, which means any free port, if there is no configuration yet."""
    match = _ADDRESS.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return int(match[1]) if match else 0


def write(path: Path, root: str) -> None:
    """Writes the configuration for a provider at `root` (http://127.0.0.1:PORT), or changes the URLs in it."""
    if path.exists():
        text = path.read_text(encoding="utf-8")
        updated = _PORT.sub(root.rpartition(":")[2], _ADDRESS.sub(root, text))
    else:
        text, updated = "", render(root)
    if updated != text:
        make_folder(path.parent)
        write_whole(path, updated.encode())


def render(root: str) -> str:
    """The configuration for a provider at `root`."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        port=root.rpartition(":")[2], journals=root + ojs.JOURNALS, archive=root + ojs.ARCHIVE
    )
