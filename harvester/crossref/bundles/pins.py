"""Which files make up a schema bundle, and the folders where an installed bundle can be."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from harvester.errors import BundleError
from harvester.system.packaged import schema_text


class Wheel(Struct, frozen=True, forbid_unknown_fields=True):
    """The package that contains a bundle: `name==version`, the folder inside it, and the SHA-256 of the file."""

    requirement: str
    folder: str
    sha256: str


class Bundle(Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the schema: its main file and the SHA-256 of every file it needs, by path inside the bundle.

    `wheel` is `None` for a version that no package contains.
    """

    main: str
    files: dict[str, str]
    wheel: Wheel | None = None


class Installed(Struct, frozen=True, kw_only=True):
    """A bundle on this machine. `faults` names its files that are missing or not what was pinned; empty: intact."""

    version: str
    folder: Path
    faults: tuple[str, ...] = ()


@cache
def pinned() -> dict[str, Bundle]:
    """Every known bundle by schema version, newest first."""
    return msgspec.json.decode(schema_text("bundles.json"), type=dict[str, Bundle])


def bundle(version: str) -> Bundle:
    """The bundle of a version. Raises `BundleError` if the version is not known."""
    if version not in pinned():
        raise BundleError(f"there is no Crossref schema {version} here; the known versions are {', '.join(pinned())}")
    return pinned()[version]


def folders() -> list[Path]:
    """Where bundles are searched, in this order; a bundle is installed into the first."""
    found: list[Path] = []
    if named := os.environ.get("HARVESTER_SCHEMAS"):
        found.append(Path(named))
    if sys.prefix != sys.base_prefix:  # a virtual environment: its bundles are deleted with it
        found.append(Path(sys.prefix, "share", "harvester", "schemas"))
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    found.append(Path(home, "harvester", "schemas"))
    return found


def installed() -> list[Installed]:
    """The bundle that each version is loaded from, if there is one."""
    return [state for version in pinned() if (state := find(version))]


def find(version: str) -> Installed | None:
    """The first folder with anything of this version."""
    for folder in folders():
        if (folder / version).is_dir():
            return state_of(version, folder / version)
    return None


def state_of(version: str, folder: Path) -> Installed:
    """The state of a version in a folder, every file compared with its pin."""
    files = bundle(version).files
    faults = tuple(name for name, sha256 in files.items() if _digest(folder / name) != sha256)
    return Installed(version=version, folder=folder, faults=faults)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except OSError:
        return None
