"""Reading in stages: the first stage of all records, then the second of all records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from harvester.formats.notes import Notes
from harvester.model import Article, Hints, RawRecord, Reading


class Reader(Struct, frozen=True):
    """How records of one format are read. `opens` prepares a record; then each stage fills in a part of its article.

    The stages save time: a processor that runs the same code for many records has it in its caches. Reading each record
    to its end before the next takes a fifth longer. Neither `opens` nor a stage may raise.
    """

    name: str
    opens: Callable[[etree._Element, RawRecord, Hints, Notes], Any]
    stages: tuple[Callable[[Any, Article], Article], ...]
    no_article: frozenset[str] = frozenset()  # findings with which there is no article at all

    def read(self, elements: Sequence[etree._Element], records: Sequence[RawRecord], hints: Hints) -> list[Reading]:
        """The article of each element with all findings, in order."""
        notes = [Notes() for _ in elements]
        opened = [
            self.opens(element, record, hints, note)
            for element, record, note in zip(elements, records, notes, strict=True)
        ]
        articles = [Article(format=self.name) for _ in elements]
        for stage in self.stages:
            articles = list(map(stage, opened, articles))
        return [self._reading(article, note) for article, note in zip(articles, notes, strict=True)]

    def _reading(self, article: Article, notes: Notes) -> Reading:
        findings = tuple(notes.findings)
        if any(finding.code in self.no_article for finding in findings):
            return Reading(None, findings)
        return Reading(replace(article, provenance=notes.provenance), findings)
