"""Stores that are large in a moment: filled by SQL, without harvests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from harvester import config, store
from harvester.config import Config
from harvester.store.store import Store


def configured(folder: Path, source: str, number: int) -> Config:
    """Writes a config.toml with sources `s0`, `s1`, …, each with these settings, in which {name} is its name."""
    tables = "".join(f"[sources.s{n}]\n{source.format(name=f's{n}')}" for n in range(number))
    path = folder / "config.toml"
    path.write_text(f'timezone = "Europe/Madrid"\n{tables}', encoding="utf-8")
    return config.load(path)


def fill_harvested(found: Config, statements: Iterable[str], values: Mapping[str, object]) -> None:
    """Gives each source one complete harvest of oai_dc, then executes the statements."""
    now = datetime.now(UTC)
    with store.connect(found.store_url) as opened:
        for name in found.sources:
            opened.runs.finish(opened.runs.begin(name, "oai_dc", "full", (), now).id, "complete", now)
        execute(opened, statements, values)


def execute(opened: Store, statements: Iterable[str], values: Mapping[str, object]) -> None:
    """Executes the statements in one transaction, each with those values that it names."""
    with opened._database.write() as connection:
        for statement in statements:
            connection.execute(text(statement), {key: values[key] for key in values if f":{key}" in statement})
