"""Articles from the raw records of their identifiers: read, assembled, held against the rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from harvester import formats, rules
from harvester.article_rows import MappedArticle, to_mapped_article
from harvester.datestamps import parse_utc
from harvester.findings import is_blocking
from harvester.mapping import assembly
from harvester.model import Finding, Hints, Policy, RawRecord, Reading

LiveRecords = Mapping[str, RawRecord]  # of one identifier, by format, the best format first

BATCH = 128 * 1024  # bytes of payloads that are worked on at once


class ArticleMapper(Struct, frozen=True):
    """Everything beside the records that decides what comes of them, so that any process may make it."""

    hints: Hints
    policy: Policy

    def map(self, identifiers: Sequence[LiveRecords]) -> list[MappedArticle]:
        """What each identifier is mapped to, in order."""
        return [one for batch in batches(identifiers) for one in self._batch(batch)]

    def _batch(self, identifiers: Sequence[LiveRecords]) -> list[MappedArticle]:
        """What comes of a few identifiers, one stage of all of them after the other (`harvester.formats.reader`)."""
        readings = self._read_all(identifiers)
        articles = [reading.article for reading in readings if reading.article is not None]
        found = iter(rules.check_all(articles, self.policy))
        judged = [reading if reading.article is None else _judged(reading, next(found)) for reading in readings]
        return [to_mapped_article(reading) for reading in judged]

    def read(self, live: LiveRecords) -> Reading:
        """The article of one identifier before the rules have looked at it."""
        (reading,) = self._read_all([live])
        return reading

    def checked(self, reading: Reading) -> Reading:
        """The article with what reader and rules say of it."""
        if reading.article is None:
            return reading
        return _judged(reading, rules.check(reading.article, self.policy))

    def _read_all(self, identifiers: Sequence[LiveRecords]) -> list[Reading]:
        raws = [raw for live in identifiers for raw in live.values()]
        readings = map(_with_doubts, raws, formats.read_all(raws, self.hints))
        return [assembly.assemble({prefix: next(readings) for prefix in live}, self.hints) for live in identifiers]


def batches(identifiers: Sequence[LiveRecords]) -> Iterator[list[LiveRecords]]:
    """As many at once as the processor's caches have room for: articles whole in JATS are many times their bytes."""
    batch: list[LiveRecords] = []
    size = 0
    for live in identifiers:
        batch.append(live)
        size += sum(len(raw.payload or b"") for raw in live.values())
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _judged(reading: Reading, found: Iterable[Finding]) -> Reading:
    """What reader and rules say; but not that a value is missing where the reader found several."""
    said = reading.findings
    undecided = {f.code.removesuffix("-ambiguous") for f in said if f.code.endswith("-ambiguous") and is_blocking(f)}
    return Reading(reading.article, (*said, *(f for f in found if f.code.removesuffix("-missing") not in undecided)))


def _with_doubts(raw: RawRecord, reading: Reading) -> Reading:
    doubts = tuple(_doubts(raw))
    return Reading(reading.article, (*doubts, *reading.findings)) if doubts else reading


def _doubts(raw: RawRecord) -> Iterator[Finding]:
    """What is doubtful about the record before anybody reads what it says."""
    if raw.repairs:
        yield Finding("record-repaired", value=", ".join(raw.repairs))
    if parse_utc(raw.datestamp) is None:
        yield Finding("datestamp-invalid", value=raw.datestamp)
