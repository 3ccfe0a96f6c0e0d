"""Maps the raw records of identifiers to articles: read, assembled, checked by the rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from harvester import formats, rules
from harvester.article_rows import MappedArticle, to_mapped_article
from harvester.datestamps import parse_utc
from harvester.findings import is_blocking
from harvester.mapping import assembly
from harvester.mapping.membership import newest_sets
from harvester.model import Finding, Hints, Policy, RawRecord, Reading
from harvester.rules.doi import WITHOUT_DOI

LiveRecords = Mapping[str, RawRecord]  # of one identifier, by format, the best format first

BATCH = 128 * 1024  # bytes of payloads that are mapped stage by stage


class ArticleMapper(Struct, frozen=True):
    """Everything except the records that decides about their articles, so that any process can map them."""

    hints: Hints
    policy: Policy

    def map(self, identifiers: Sequence[LiveRecords]) -> list[MappedArticle]:
        """What each identifier is mapped to, in order."""
        return [mapped for batch in batches(identifiers) for mapped in self._map_batch(batch)]

    def _map_batch(self, identifiers: Sequence[LiveRecords]) -> list[MappedArticle]:
        """Maps a few identifiers, each stage for all of them (`harvester.formats.reader` has the reason)."""
        readings = self._read_all(identifiers)
        articles = [reading.article for reading in readings if reading.article is not None]
        found = iter(rules.check_all(articles, self.policy))
        checked = [reading if reading.article is None else _combined(reading, next(found)) for reading in readings]
        return [to_mapped_article(reading) for reading in checked]

    def read(self, live: LiveRecords) -> Reading:
        """The article of one identifier, before it is checked by the rules."""
        (reading,) = self._read_all([live])
        return reading

    def check(self, reading: Reading) -> Reading:
        """The article with the findings of its reader and of the rules."""
        if reading.article is None:
            return reading
        return _combined(reading, rules.check(reading.article, self.policy))

    def _read_all(self, identifiers: Sequence[LiveRecords]) -> list[Reading]:
        raws = [raw for live in identifiers for raw in live.values()]
        readings = map(_with_record_findings, raws, formats.read_all(raws, self.hints))
        return [
            assembly.assemble({prefix: next(readings) for prefix in live}, self.hints, newest_sets(live.values()))
            for live in identifiers
        ]


def batches(identifiers: Sequence[LiveRecords]) -> Iterator[list[LiveRecords]]:
    """Splits identifiers into batches that fit into a processor's caches. An article takes many times its bytes."""
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


def _combined(reading: Reading, found: Iterable[Finding]) -> Reading:
    """The findings of reader and rules, without a missing value for whose absence the reader has the reason."""
    own = reading.findings
    explained = {finding.path for finding in own if is_blocking(finding)}
    return Reading(reading.article, (*own, *(f for f in found if not (_is_missing(f) and f.path in explained))))


def _is_missing(finding: Finding) -> bool:
    return finding.code.endswith("-missing") or finding.code in WITHOUT_DOI


def _with_record_findings(raw: RawRecord, reading: Reading) -> Reading:
    findings = tuple(_record_findings(raw))
    return Reading(reading.article, (*findings, *reading.findings)) if findings else reading


def _record_findings(raw: RawRecord) -> Iterator[Finding]:
    """The findings about the record itself, whatever its payload says."""
    if raw.repairs:
        yield Finding("record-repaired", value=", ".join(raw.repairs))
    if parse_utc(raw.datestamp) is None:
        yield Finding("datestamp-invalid", value=raw.datestamp)
