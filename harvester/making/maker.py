"""Articles from the raw records of their identifiers: read, assembled, held against the rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from harvester import assembly, formats, rules
from harvester.changes import parse_utc
from harvester.entries import Made, made
from harvester.findings import is_blocking
from harvester.model import Article, Finding, Hints, Policy, RawRecord, Reading


class Maker(Struct, frozen=True):
    """Everything beside the records that decides what comes of them, so that any process may make it."""

    hints: Hints
    policy: Policy

    def make(self, identifiers: Iterable[Mapping[str, RawRecord]]) -> list[Made]:
        """What comes of each identifier, given as its live records by format, the best format first.

        One stage after the other, since each is faster while its code and data are in the processor's caches.
        """
        readings = [self.read(live) for live in identifiers]
        return [made(reading) for reading in map(self._checked, readings)]

    def _checked(self, reading: Reading) -> Reading:
        article = reading.article
        return reading if article is None else Reading(article, self.checked(article, reading.findings))

    def read(self, live: Mapping[str, RawRecord]) -> Reading:
        """The article of one identifier before the rules have looked at it."""
        return assembly.assemble({prefix: self._read(raw) for prefix, raw in live.items()}, self.hints)

    def _read(self, raw: RawRecord) -> Reading:
        reading = formats.read(raw, self.hints)
        doubts = tuple(_doubts(raw))
        return Reading(reading.article, (*doubts, *reading.findings)) if doubts else reading

    def checked(self, article: Article, said: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """What reader and rules say; but not that a value is missing where the reader found several."""
        undecided = {
            f.code.removesuffix("-ambiguous") for f in said if f.code.endswith("-ambiguous") and is_blocking(f)
        }
        found = rules.check(article, self.policy)
        return (*said, *(f for f in found if f.code.removesuffix("-missing") not in undecided))


def _doubts(raw: RawRecord) -> Iterator[Finding]:
    """What is doubtful about the record before anybody reads what it says."""
    if raw.repairs:
        yield Finding("record-repaired", value=", ".join(raw.repairs))
    if parse_utc(raw.datestamp) is None:
        yield Finding("datestamp-invalid", value=raw.datestamp)
