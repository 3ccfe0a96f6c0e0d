"""The style sheet, the script and the icon. Each has a hash in its name, so that browsers may keep it for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

from msgspec import Struct

import harvester.report

_HERE = Path(__file__).parent / "files"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class StaticFile(Struct, frozen=True):
    """`name`: as it is in addresses."""

    name: str
    media_type: str
    content: bytes


def _files() -> dict[str, StaticFile]:
    """Each file by its plain name. The style sheet begins with that of the report, which looks the same."""
    report = Path(harvester.report.__file__).with_name("page.css").read_bytes()
    contents = {path.name: path.read_bytes() for path in sorted(_HERE.iterdir()) if path.suffix in _TYPES}
    contents["web.css"] = report + contents["web.css"]
    return {name: _file(name, content) for name, content in contents.items()}


def _file(name: str, content: bytes) -> StaticFile:
    stem, dot, ending = name.partition(".")
    digest = hashlib.sha256(content).hexdigest()[:12]
    return StaticFile(f"{stem}.{digest}{dot}{ending}", f"{_TYPES[dot + ending]}; charset=utf-8", content)


FILES = _files()
BY_NAME = {file.name: file for file in FILES.values()}
