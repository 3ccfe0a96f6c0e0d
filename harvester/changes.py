"""Pure decisions about a harvest: from when on to ask, what a record's arrival means, whether a list has ended.

Nothing here touches network, store or clock, so every rule can be tested by its table.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Literal

from harvester.model import Decision, Known, Page, RawRecord, Window

# A provider may stamp a record just before it answers and publish it just after: ask again for the last two minutes.
OVERLAP = timedelta(seconds=120)


def parse_utc(datestamp: str) -> datetime | None:
    """A UTCdatetime of OAI-PMH (section 3.3), with or without time, fraction or offset; `None` for anything else."""
    try:
        moment = datetime.fromisoformat(datestamp.strip())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def in_granularity(moment: datetime, granularity: Literal["day", "second"]) -> str:
    """The datestamp to send for a moment, in the form the provider understands (OAI-PMH 2.0, section 2.5.1)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d" if granularity == "day" else "%Y-%m-%dT%H:%M:%SZ")


def next_since(response_date: str | None, granularity: Literal["day", "second"]) -> str | None:
    """The `from` of the next incremental harvest, after a complete one that began at `response_date`.

    By the provider's clock, not ours, and never by the newest datestamp seen: lists come in any order
    (vufindharvest#7). `None` asks for everything.
    """
    began = parse_utc(response_date) if response_date else None
    return None if began is None else in_granularity(began - OVERLAP, granularity)


def windows(
    prefix: str, sets: tuple[str, ...], since: str | None = None, until: str | None = None
) -> tuple[Window, ...]:
    """The list requests of one run: one for each set, or a single one for the whole repository."""
    asked: tuple[str | None, ...] = sets or (None,)
    return tuple(Window(prefix=prefix, set_spec=name, since=since, until=until) for name in asked)


def covers(earlier: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    """Whether a run over the `earlier` sets has seen all that the `asked` ones hold; none named is everything."""
    return not earlier or (bool(asked) and set(asked) <= set(earlier))


def content_hash(raw: RawRecord) -> str | None:
    """SHA-256 of what the record says, its header apart; `None` for a deleted record."""
    return hashlib.sha256(raw.payload).hexdigest() if raw.payload is not None else None


def decide(known: Known | None, raw: RawRecord) -> Decision:
    """What the arrival of a record means.

    `moved` is a record whose header alone differs: OJS moves the datestamp of every article of an issue when the issue
    is touched. A tombstone for a record never seen is kept as `deleted`: it says that the identifier is taken.
    """
    if raw.deleted:
        return "unchanged" if known and known.deleted else "deleted"
    if known is None:
        return "new"
    if known.deleted or known.content_hash != content_hash(raw):
        return "changed"
    return "unchanged" if (known.datestamp, known.sets) == (raw.datestamp, raw.sets) else "moved"


def newest(records: tuple[RawRecord, ...]) -> tuple[RawRecord, ...]:
    """One record for each identifier of a page: the newer wins, and a live one over its tombstone of the same moment.

    OJS 3.2 and 3.3 list one identifier both live and deleted (pkp-lib#7901).
    """
    best: dict[str, RawRecord] = {}
    for raw in records:
        held = best.get(raw.identifier)
        if held is None or (raw.datestamp, not raw.deleted) >= (held.datestamp, not held.deleted):
            best[raw.identifier] = raw
    return tuple(best.values())


class ListWatch:
    """Notices a list that goes round in circles.

    A token alone proves nothing, since some providers keep one token while they advance (oaipmh-scythe#411): what
    counts is the same page again.
    """

    def __init__(self) -> None:
        self._pages: set[int] = set()

    def repeats(self, page: Page) -> bool:
        """Whether these very records, in this order, stood on an earlier page of the same list."""
        if not page.records:
            return False
        seen = hash(tuple((raw.identifier, raw.datestamp) for raw in page.records))
        if seen in self._pages:
            return True
        self._pages.add(seen)
        return False
