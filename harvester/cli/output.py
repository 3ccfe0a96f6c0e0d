"""Output for other programs: one JSON object, or CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec

from harvester.csvtext import csv_lines
from harvester.reports import SCHEMA


def as_json(**values: Any) -> None:
    """Prints one JSON object: the schema number, then the values. Structs become objects."""
    click.echo(msgspec.json.encode({"schema": SCHEMA, **values}))


def as_json_list(name: str, items: Iterable[Any]) -> None:
    """Prints one JSON object with a list, item by item, so that a long list needs little memory."""
    click.echo(f'{{"schema":{SCHEMA},"{name}":[', nl=False)
    for number, item in enumerate(items):
        click.echo(("," if number else "") + msgspec.json.encode(item).decode(), nl=False)
    click.echo("]}")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints CSV, line by line."""
    sys.stdout.writelines(csv_lines(head, rows))
