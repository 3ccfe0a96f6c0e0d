"""Date windows: how a list is cut into smaller ones, and what of an answer lies outside of what was asked; pure.

Windows are cut at midnights, since OJS compares days whatever granularity it declares, and each begins at the moment
its neighbour ends: some providers take `until` for its midnight (Janeway), some leave its moment out.
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
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def spread(window: Window, parts: int, earliest: str, latest: str, granularity: Granularity) -> tuple[Window, ...]:
    """The window in up to `parts` windows of about equal time, open where it is open; alone where there is no cut.

    `earliest` is what Identify says, `latest` a responseDate: where the window has no ends of its own, these are taken
    for them, but records beyond them are in the first and the last part all the same.
    """
    first = parse_utc(window.since or "") or parse_utc(earliest) or _EPOCH
    last = parse_utc(window.until or "") or parse_utc(latest) or first
    if window.since is None and first >= last:
        first = _EPOCH  # earliestDatestamp can be empty, now or wrong (metha#38, pkp-lib#6803)
    cuts = [in_granularity(cut, granularity) for cut in _midnights(first, last, parts)]
    ends = [window.since, *cuts, window.until]
    return tuple(replace(window, since=since, until=until) for since, until in pairwise(ends))


def _midnights(first: datetime, last: datetime, parts: int) -> list[datetime]:
    """Up to `parts` - 1 midnights between two moments, about equally far from each other."""
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (last - start) // _DAY
    parts = min(parts, days)  # a list may call itself as long as it likes
    cuts = {start + _DAY * (days * part // parts) for part in range(1, parts)}
    return sorted(cut for cut in cuts if first < cut < last)


def wanted(size: int, target: int, parallel: int, page: int) -> int:
    """Into how many windows a list of `size` records is cut; 1: not at all.

    `target` is how many records a window should have (0: no windows), `page` how many records the first page had.
    Windows side by side pay where each has several pages, since the last page of each is half empty; they are more
    than `parallel`, because records are never spread evenly and no lane should wait for another's long window.
    """
    if not target or size <= 2 * page:
        return 1
    parts = -(-size // target)
    if parallel > 1 and size >= 4 * parallel * page:
        parts = max(parts, parallel * (4 if size >= 32 * parallel * page else 2))
    return parts


def in_form(window: Window, granularity: Granularity) -> Window:
    """The same window with its dates in this granularity; an `until` by day means the whole of that day."""
    since, until = parse_utc(window.since or ""), parse_utc(window.until or "")
    if until and granularity == "second" and window.until and "T" not in window.until:
        until += _DAY - timedelta(seconds=1)
    return replace(
        window,
        since=in_granularity(since, granularity) if since else window.since,
        until=in_granularity(until, granularity) if until else window.until,
    )


def ignored(window: Window, records: Iterable[RawRecord]) -> bool:
    """Whether all of these records lie outside the window's dates by more than a day: then dates are not heeded."""
    stamps = [stamp for raw in records if (stamp := parse_utc(raw.datestamp))]
    since, until = parse_utc(window.since or ""), parse_utc(window.until or "")
    if not stamps or not (since or until):
        return False
    return all((since and stamp < since - _DAY) or (until and stamp > until + 2 * _DAY) for stamp in stamps)
