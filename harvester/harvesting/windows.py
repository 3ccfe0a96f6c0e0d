"""The windows of a run: its list requests, how one is split by date, and which records are outside of it; pure.

Windows are split at midnights, since OJS compares days whatever granularity it declares. Each begins at the moment its
neighbour ends: some providers understand `until` as the midnight before (Janeway), some exclude its moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from msgspec.structs import replace

from harvester.datestamps import in_granularity, parse_utc
from harvester.model import RawRecord, Window

Granularity = Literal["day", "second"]

_DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def requested(
    prefix: str, sets: tuple[str, ...], since: str | None = None, until: str | None = None
) -> tuple[Window, ...]:
    """The windows of a new run: one for each set, or a single one for the whole repository."""
    asked: tuple[str | None, ...] = sets or (None,)
    return tuple(Window(prefix=prefix, set_spec=name, since=since, until=until) for name in asked)


def spread(window: Window, parts: int, earliest: str, latest: str, granularity: Granularity) -> tuple[Window, ...]:
    """Splits the window into up to `parts` windows of about equal time; the window alone if it cannot be split.

    `earliest` comes from Identify, `latest` is a responseDate. They stand in for the ends that the window does not have
    itself; its first and last part are open there, so that records beyond them are not lost.
    """
    first = parse_utc(window.since or "") or parse_utc(earliest) or EPOCH
    last = parse_utc(window.until or "") or parse_utc(latest) or first
    if window.since is None and first >= last:
        first = EPOCH  # earliestDatestamp can be empty, now or wrong (metha#38, pkp-lib#6803)
    cuts = [in_granularity(cut, granularity) for cut in _midnights(first, last, parts)]
    ends = [window.since, *cuts, window.until]
    return tuple(replace(window, since=since, until=until) for since, until in pairwise(ends))


def _midnights(first: datetime, last: datetime, parts: int) -> list[datetime]:
    """Up to `parts` - 1 midnights between two moments, about equally far from each other."""
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (last - start) // _DAY
    parts = min(parts, days)  # completeListSize may be any number
    cuts = {start + _DAY * (days * part // parts) for part in range(1, parts)}
    return sorted(cut for cut in cuts if first < cut < last)


def parts_for(size: int, target: int, parallel: int, page: int) -> int:
    """Into how many windows a list of `size` records is split; 1: it is not split.

    `target` is how many records a window should have (0: no windows), `page` how many records the first page had.
    Parallel windows pay if each has several pages, since the last page of each is half empty; there are more
    than `parallel`, because records are never spread evenly and no lane should wait for another's long window.
    """
    if not target or size <= 2 * page:
        return 1
    parts = -(-size // target)
    if parallel > 1 and size >= 4 * parallel * page:
        parts = max(parts, parallel * (4 if size >= 32 * parallel * page else 2))
    return parts


def in_granularity_of(window: Window, granularity: Granularity) -> Window:
    """The same window with its dates in this granularity; an `until` by day means the whole of that day."""
    since, until = parse_utc(window.since or ""), parse_utc(window.until or "")
    if until and granularity == "second" and window.until and "T" not in window.until:
        until += _DAY - timedelta(seconds=1)
    return replace(
        window,
        since=in_granularity(since, granularity) if since else window.since,
        until=in_granularity(until, granularity) if until else window.until,
    )


def ignores_dates(window: Window, records: Iterable[RawRecord]) -> bool:
    """Whether all of these records are more than a day outside the window: then the provider ignores dates."""
    stamps = [stamp for raw in records if (stamp := parse_utc(raw.datestamp))]
    since, until = parse_utc(window.since or ""), parse_utc(window.until or "")
    if not stamps or not (since or until):
        return False
    return all((since and stamp < since - _DAY) or (until and stamp > until + 2 * _DAY) for stamp in stamps)
