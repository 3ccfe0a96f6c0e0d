"""The catalogue of what Crossref may say about a DOI or a file, as data, in messages.toml."""

from __future__ import annotations

from pathlib import Path

from harvester.answers import Who
from harvester.catalogue import OTHER, Again, Catalogue, Entry, folded, outline

__all__ = ["CATALOGUE", "OTHER", "WHO", "Again", "Entry", "entries", "entry", "folded", "next_step", "outline",
           "recognise", "sentence"]  # fmt: skip

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

CATALOGUE = Catalogue(Path(__file__).with_name("messages.toml"))

recognise, sentence, next_step = CATALOGUE.recognise, CATALOGUE.sentence, CATALOGUE.next_step


def entries() -> dict[str, Entry]:
    """Every entry by its id, in the order of the file."""
    return CATALOGUE.entries


def entry(name: str) -> Entry | None:
    """The entry with this id; `None` if there is none."""
    return CATALOGUE.entries.get(name)
