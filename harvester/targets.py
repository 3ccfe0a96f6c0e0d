"""The places that deposits go to: Crossref, DataCite, DOAJ. A new one is its package, and a line in `PACKAGES`.

The package of a target `lines` has the modules `settings`, with `TABLE`; `target`, with `LINES`
(`harvester/deposits/target.py`); and `agency`, with `LINES_AGENCY` (`harvester/registration/registrar.py`). They are
imported by name, when they are needed: reading settings must not wait for what sends files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

PACKAGES = {
    "crossref": "harvester.crossref",
    "datacite": "harvester.datacite",
    "doaj": "harvester.doaj",
}


class Configuration(Protocol):
    """What these packages read from the configuration, which is above them."""

    @property
    def path(self) -> Path: ...

    @property
    def targets(self) -> Mapping[str, Any]: ...

    def deposit_secret(self, target: str) -> str | None: ...


def _nothing(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:  # noqa: ARG001
    yield from ()


class Table(Struct, frozen=True, kw_only=True):
    """The table of a target in config.toml. Its settings have the name of the target's schema in config.schema.json."""

    title: str  # the name of the target for people
    settings: type[Any]  # a Struct with `deposit`, `deposit_schedule`, `pace`, and the fields below
    credential: str  # of the login: `password` or the like, without _env or _file
    needs: tuple[str, ...]  # settings without which nothing can be sent
    hosts: tuple[str, ...] = ("api_url",)  # settings with the address of a host
    contradictions: Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]] = _nothing  # others: setting, sentence


def tables() -> dict[str, Table]:
    """The table of each target."""
    return {name: _loaded(name, "settings", "TABLE") for name in PACKAGES}


def targets() -> dict[str, Any]:
    """Each `Target`."""
    return {name: _loaded(name, "target", name.upper()) for name in PACKAGES}


def agencies() -> dict[str, Any]:
    """Each `Agency`."""
    return {name: _loaded(name, "agency", f"{name.upper()}_AGENCY") for name in PACKAGES}


def _loaded(name: str, module: str, value: str) -> Any:
    return getattr(import_module(f"{PACKAGES[name]}.{module}"), value)
