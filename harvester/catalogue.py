"""A catalogue of what an agency may say about a DOI or a file, as data: one TOML file for each agency.

The first entry whose pattern is found in a text, from the top, is that of the text. An entry without a pattern is a
conclusion of the program. The last entry with a pattern, `other`, is found in every text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from harvester.answers import Who
from harvester.tomltext import as_toml

Again = Literal["article", "settings", "time", "damage", "target", "retry"]

OTHER = "other"
_LONGEST_TEXT = 20_000  # characters that are searched
_LONGEST_VALUE = 300  # characters in a sentence; the text of a message is never cut


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a catalogue; the head of harvester/crossref/client/messages.toml explains each field."""

    who: Who
    sentence: str
    next: str
    again: tuple[Again, ...]
    pattern: str | None = None
    registered: bool | None = None
    whole_file: bool = False
    sentence_registered: str | None = None
    settings: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Catalogue:
    """The messages in the file at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Every entry by its id, in the order of the file."""
        rows = tomllib.loads(self.path.read_text(encoding="utf-8"))
        return {name: msgspec.convert(row, Entry) for name, row in rows.items()}

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """The patterns, by the ids of their entries."""
        with_pattern = ((name, row.pattern) for name, row in self.entries.items())
        return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in with_pattern if pattern is not None}

    def known(self, name: str) -> Entry:
        """The entry with this id; `other` if there is none."""
        return self.entries.get(name) or self.entries[OTHER]

    def recognise(self, text: str) -> tuple[str, dict[str, str]]:
        """The id of the first entry whose pattern is found in the text, and the values that the text names."""
        line = folded(text)[:_LONGEST_TEXT]
        for name, pattern in self.patterns.items():
            if found := pattern.search(line):
                return name, {key: _written(key, value) for key, value in found.groupdict().items() if value}
        raise AssertionError("the last pattern is found in every text")

    def sentence(
        self, name: str, text: str = "", values: Mapping[str, str] | None = None, *, registered: bool | None = None
    ) -> str:
        """What a message means, in one or two sentences, with its values."""
        row = self.known(name)
        words = row.sentence_registered if registered and row.sentence_registered else row.sentence
        return folded(words.format_map(_values(text, values or {})))

    def next_step(self, name: str, text: str = "", values: Mapping[str, str] | None = None) -> str:
        """What to do about a message, with its values. `values` may have the `submission_id`."""
        return folded(self.known(name).next.format_map(_values(text, values or {})))

    def settings_of(self, name: str, table: str) -> list[str]:
        """The settings of this table that a message depends on, without the table's name."""
        start = f"{table}."
        return [setting.removeprefix(start) for setting in self.known(name).settings if setting.startswith(start)]


def folded(text: str) -> str:
    """The text on one line with single spaces, as patterns expect it."""
    return " ".join(text.split())


def outline(row: Entry) -> tuple[str, str]:
    """The sentence and the next step of an entry, with … for the values of a message."""
    return row.sentence.format_map(_EllipsisDefault()), row.next.format_map(_EllipsisDefault())


def _written(key: str, value: str) -> str:
    """An ISSN as it is written in config.toml, other values as they are: some messages have it without a hyphen."""
    return f"{value[:4]}-{value[4:]}".upper() if key == "issn" and len(value) == 8 else value


class _EllipsisDefault(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return '"…"' if key.endswith("_quoted") else "…"


def _values(text: str, values: Mapping[str, str]) -> dict[str, str]:
    cut = {
        key: value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…" for key, value in values.items()
    }
    quoted = {f"{key}_quoted": as_toml(value) for key, value in values.items()}  # whole, because it is to be pasted
    return _EllipsisDefault(cut | quoted | {"text": folded(text) or "(no text)"})
