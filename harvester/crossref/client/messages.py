"""The catalogue of what Crossref may say about a DOI or a file, as data, in messages.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from harvester.answers import Who
from harvester.tomltext import as_toml

WHO: dict[Who, str] = {  # who can act, in words
    "nobody": "nobody needs to",
    "editor": "the editors of the journal",
    "source": "the journal, in its own system",
    "settings": "you, in config.toml",
    "account": "whoever has the account at Crossref",
    "agency": "Crossref's support",
    "publisher": "another publisher",
    "program": "the developers of this program, or the program by itself",
    "person": "you",
}

Again = Literal["article", "settings", "time", "retry"]

OTHER = "other"
_LONGEST_TEXT = 20_000  # characters that are searched
_LONGEST_VALUE = 300  # characters in a sentence; the text of a message is never cut


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of messages.toml, whose head explains each field."""

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


@cache
def entries() -> dict[str, Entry]:
    """Every entry by its id, in the order of the file."""
    text = Path(__file__).with_name("messages.toml").read_text(encoding="utf-8")
    return {name: msgspec.convert(row, Entry) for name, row in tomllib.loads(text).items()}


def entry(name: str) -> Entry | None:
    """The entry with this id; `None` if there is none."""
    return entries().get(name)


def folded(text: str) -> str:
    """The text on one line with single spaces, as patterns expect it."""
    return " ".join(text.split())


def recognise(text: str) -> tuple[str, dict[str, str]]:
    """The id of the first entry whose pattern is found in the text, and the values that the text names."""
    line = folded(text)[:_LONGEST_TEXT]
    for name, pattern in _patterns().items():
        if found := pattern.search(line):
            return name, {key: _written(key, value) for key, value in found.groupdict().items() if value}
    raise AssertionError("the last pattern is found in every text")


def _written(key: str, value: str) -> str:
    """An ISSN as it is written in config.toml, other values as they are: Crossref's messages have no hyphen."""
    return f"{value[:4]}-{value[4:]}".upper() if key == "issn" and len(value) == 8 else value


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(row.pattern, re.IGNORECASE) for name, row in entries().items() if row.pattern is not None}


def sentence(
    name: str, text: str = "", values: Mapping[str, str] | None = None, *, registered: bool | None = None
) -> str:
    """What a message means, in one or two sentences, with its values. An unknown id is treated as `other`."""
    row = entries().get(name) or entries()[OTHER]
    words = row.sentence_registered if registered and row.sentence_registered else row.sentence
    return folded(words.format_map(_values(text, values or {})))


def next_step(name: str, text: str = "", values: Mapping[str, str] | None = None) -> str:
    """What to do about a message, with its values. `values` may have the `submission_id`."""
    row = entries().get(name) or entries()[OTHER]
    return folded(row.next.format_map(_values(text, values or {})))


class _EllipsisDefault(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return '"…"' if key.endswith("_quoted") else "…"


def _values(text: str, values: Mapping[str, str]) -> dict[str, str]:
    cut = {
        key: value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…" for key, value in values.items()
    }
    quoted = {f"{key}_quoted": as_toml(value) for key, value in values.items()}  # whole, because it is to be pasted
    return _EllipsisDefault(cut | quoted | {"text": folded(text) or "(no text)"})


def outline(row: Entry) -> tuple[str, str]:
    """The sentence and the next step of an entry, with … for the values of a message."""
    return row.sentence.format_map(_EllipsisDefault()), row.next.format_map(_EllipsisDefault())
