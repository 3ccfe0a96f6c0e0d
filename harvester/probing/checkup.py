"""What a provider does when its list is read on, by dates and by names: tried on one format, not believed.

A harvest finds all of this out and gets by; what is known beforehand spares it the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from harvester.datestamps import in_granularity, parse_utc
from harvester.errors import OaiCode, ProtocolError, ProviderError, WaitUntil
from harvester.harvesting import windows
from harvester.model import Identity, Page, RawRecord, Token, Window
from harvester.oai import Provider

SLOW = 30.0  # seconds for a page, from which on the usual deadline is too near
PATIENCE = 10  # pages as slow as the slowest that a deadline allows for
_DAY = timedelta(days=1)


class Trial(Struct, frozen=True):
    """What was tried, in words; `good` is `None` where it could not be."""

    good: bool | None
    said: str


class Checkup(Struct, frozen=True, kw_only=True):
    prefix: str  # of the list that was tried
    paging: Trial
    dates: Trial
    identifiers: Trial


def examine(provider: Provider, identity: Identity, prefix: str, first: Page) -> Checkup:
    """Asks for a second page, for one day, and for the identifiers of a list whose first page is known."""
    window = Window(prefix=prefix)
    names = _identifiers(provider, window)
    identifiers = _listed(names) if isinstance(names, Page) else names
    longer = isinstance(names, Page) and names.token is not None and len(names.records) >= len(first.records)
    return Checkup(
        prefix=prefix,
        paging=_one_page(first, longer=longer)
        if first.token is None
        else _paging(provider, window, first, first.token),
        dates=_dates(provider, window, first, identity),
        identifiers=identifiers,
    )


def settings(identity: Identity, found: Checkup | None, slowest: float) -> list[str]:
    """Lines of a source's table for what was found; `slowest` is how many seconds a page took."""
    lines = []
    if found and found.dates.good is False:
        lines.append("window_records = 0  # one list: it cannot be asked for by dates")
    if identity.deleted_record == "no" and not (found and found.identifiers.good is False):
        lines.append('reconcile = "30 2 * * 0"  # deletions are never announced: compare every Sunday')
    if slowest > SLOW:
        lines.append(f"deadline = {math.ceil(slowest * PATIENCE)}  # a page took {slowest:.0f} seconds")
    return lines


def _one_page(first: Page, *, longer: bool) -> Trial:
    held = f"{len(first.records)} records on one page"
    if longer:
        return Trial(False, f"{held} without a token, and more identifiers, so that harvests go by dates")
    return Trial(None, held)


def _paging(provider: Provider, window: Window, first: Page, token: Token) -> Trial:
    held = f"{len(first.records)} records a page, "
    held += f"{first.list_size} in all" if first.list_size else "without saying how many in all"
    try:
        second = provider.page(window, token.value)
    except (ProviderError, WaitUntil) as error:
        return Trial(False, f"{held}; the second does not come ({_brief(error)}), so that harvests go by dates")
    if not _names(second.records) - _names(first.records):
        return Trial(False, f"{held}; the second brings nothing new, so that harvests go by dates")
    return Trial(True, f"{held}; a token leads on{_life(token, first.response_date)}")


def _names(records: Iterable[RawRecord]) -> set[str]:
    return {raw.identifier for raw in records}


def _life(token: Token, response_date: str) -> str:
    given, ends = parse_utc(response_date), parse_utc(token.expires or "")
    return f", for {span((ends - given).total_seconds())}" if given and ends and ends > given else ""


def _dates(provider: Provider, window: Window, first: Page, identity: Identity) -> Trial:
    """Asks for one day of which the first page has a record."""
    stamps = sorted(stamp for raw in first.records if (stamp := parse_utc(raw.datestamp)))
    if not stamps:
        return Trial(None, "no datestamp on the first page")
    day = stamps[len(stamps) // 2].replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = (in_granularity(moment, identity.granularity) for moment in (day, day + _DAY))
    form, asked = identity.granularity, replace(window, since=since, until=until)
    try:
        try:
            page = provider.page(asked)
        except ProtocolError as error:
            if error.code != OaiCode.BAD_ARGUMENT:
                raise
            form = "day" if form == "second" else "second"
            page = provider.page(windows.in_granularity_of(asked, form))
    except (ProviderError, WaitUntil) as error:
        return Trial(False, f"refused ({_brief(error)})")
    if not page.records:
        return Trial(False, f"not heeded: nothing comes for {day:%Y-%m-%d}, of which a record is listed")
    if any(windows.ignores_dates(asked, [raw]) for raw in page.records):
        return Trial(False, f"not heeded: records of other days come for {day:%Y-%m-%d}")
    otherwise = f", though it declares the {identity.granularity}" if form != identity.granularity else ""
    midnights = form == "second" and len(stamps) > 1 and all(stamp.time() == day.time() for stamp in stamps)
    return Trial(True, f"heeded, by the {form}{otherwise}{'; all datestamps are midnights' if midnights else ''}")


def _identifiers(provider: Provider, window: Window) -> Page | Trial:
    try:
        return provider.identifiers(window)
    except (ProviderError, WaitUntil) as error:
        return Trial(False, f"not listed ({_brief(error)}): reconcile has nothing to compare with")


def _listed(page: Page) -> Trial:
    return Trial(True, f"listed, {len(page.records)} {'a page' if page.token else 'on one page'}")


def _brief(error: ProviderError | WaitUntil) -> str:
    """What happened, without the advice to somebody who harvests."""
    return str(error).partition(";")[0]


def span(seconds: float) -> str:
    """A length of time in its largest unit: `90 minutes`, `24 hours`, `400 days`."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}s"
    return f"{seconds:.0f} seconds"
