"""Pure decisions about a harvest: from when on to ask, and what the arrival of a record means.

Nothing here touches network, store or clock, so every rule can be tested by its table.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from harvester.datestamps import in_granularity, parse_utc
from harvester.model import Decision, Page, RawRecord, StoredRecord
from harvester.sets import any_within
from harvester.store import RecordToSave

# A provider may stamp a record just before it answers and publish it just after: request the last two minutes again.
OVERLAP = timedelta(seconds=120)


def next_since(
    response_date: str | None, started: datetime, granularity: Literal["day", "second"], overlap: timedelta = OVERLAP
) -> str | None:
    """The `from` of the next incremental harvest, after a complete one that began at `response_date`.

    By the provider's clock, and never by the newest datestamp seen: lists come in any order (vufindharvest#7). Where
    its clock is ahead of ours, ours (`started`) counts: a responseDate in local time that calls itself UTC would skip
    what changes in the hours between (OpenSKOS#11). `None` asks for everything.
    """
    began = parse_utc(response_date) if response_date else None
    return None if began is None else in_granularity(min(began, started) - overlap, granularity)


def has_aged(began: str | None, ended: str) -> bool:
    """Whether a run, by the provider's clock, took so long that what changed meanwhile is to be asked for at once."""
    first, last = parse_utc(began or ""), parse_utc(ended)
    return first is not None and last is not None and last - first > OVERLAP


def covers(earlier: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    """Whether a run over the `earlier` sets has seen all that the `asked` ones hold; none named is everything."""
    return not earlier or (bool(asked) and set(asked) <= set(earlier))


def content_hash(raw: RawRecord) -> str | None:
    """SHA-256 of what the record says, its header apart; `None` for a deleted record."""
    return hashlib.sha256(raw.payload).hexdigest() if raw.payload is not None else None


def decide(known: StoredRecord | None, raw: RawRecord) -> Decision:
    """What the arrival of a record means.

    `moved` is a record whose header alone differs: OJS moves the datestamp of every article of an issue when the issue
    is touched. A tombstone for a record never seen is kept as `deleted`: its identifier is in use. A record
    that came on a damaged page and now comes whole is `changed`, as what was doubtful about it no longer is.
    """
    if raw.deleted and not (known and known.deleted):
        return "deleted"
    if known is None:
        return "new"
    if known.deleted != raw.deleted or known.content_hash != content_hash(raw) or (known.repairs and not raw.repairs):
        return "changed"
    return "unchanged" if _header(known) == _header(raw) else "moved"


def concerns_article(arrival: RecordToSave, known: StoredRecord | None) -> bool:
    """Whether the article is to be mapped: it is another one, or its sets are, which decide whether it belongs here."""
    if arrival.decision in ("new", "changed", "deleted"):
        return True
    return known is not None and (known.sets, known.listed_in) != (arrival.raw.sets, arrival.raw.listed_in)


def _header(record: StoredRecord | RawRecord) -> tuple[object, ...]:
    return record.datestamp, record.sets, record.listed_in


def listed_in(raw: RawRecord, set_spec: str | None) -> RawRecord:
    """The record as the list of this set gave it. Some providers never name a set in a header, or only other ones."""
    if set_spec is None or any_within(raw.sets, [set_spec]):
        return raw
    return replace(raw, listed_in=(set_spec,))


def page_listed_in(page: Page, set_spec: str | None) -> Page:
    """The page of this set's list, with its records as the list gave them."""
    records = tuple(listed_in(raw, set_spec) for raw in page.records)
    return page if records == page.records else replace(page, records=records)


def with_earlier_lists(raw: RawRecord, known: StoredRecord | None) -> RawRecord:
    """The record with the sets whose lists gave it before: one list says nothing about another."""
    if raw.deleted or known is None or known.deleted or not known.listed_in:
        return raw
    return replace(raw, listed_in=tuple(sorted({*known.listed_in, *raw.listed_in})))


def newest(records: tuple[RawRecord, ...]) -> tuple[RawRecord, ...]:
    """One record for each identifier of a page: the newer wins, and a live one over its tombstone of the same moment.

    OJS 3.2 and 3.3 list one identifier both live and deleted (pkp-lib#7901).
    """
    best: dict[str, RawRecord] = {}
    for raw in records:
        held = best.get(raw.identifier)
        if held is None or (raw.datestamp, not raw.deleted) >= (held.datestamp, not held.deleted):
            best[raw.identifier] = raw
    return tuple(best.values()) if len(best) < len(records) else records


def contested(records: tuple[RawRecord, ...]) -> frozenset[str]:
    """The identifiers that a page gives both live and deleted with one datestamp: the list cannot say which it is."""
    gone = {(raw.identifier, raw.datestamp) for raw in records if raw.deleted}
    if not gone:
        return frozenset()
    return frozenset(r.identifier for r in records if not r.deleted and (r.identifier, r.datestamp) in gone)


def outdated(known: StoredRecord, raw: RawRecord) -> bool:
    """Whether an arrival is older than what is held, and neither brings it back nor buries it."""
    return raw.datestamp < known.datestamp and raw.deleted == known.deleted


def is_news(known: StoredRecord | None, raw: RawRecord) -> bool:
    """Whether a header says that more is there than what is held: another record, or a later version of it."""
    if raw.deleted:
        return known is None or not known.deleted
    return known is None or known.deleted or raw.datestamp > known.datestamp


def contradicts(known: StoredRecord | None, raw: RawRecord) -> bool:
    """Whether an arrival says deleted and the store live, or the other way round, without being the newer."""
    return known is not None and known.deleted != raw.deleted and raw.datestamp <= known.datestamp
