"""Tests a provider with one format: does its paging work, selection by dates, and the list of identifiers?

A harvest finds out by itself and copes with all of it. Settings that are known beforehand save it requests.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from harvester.datestamps import in_granularity, parse_utc
from harvester.errors import OaiCode, ProtocolError, ProviderError, WaitUntil
from harvester.harvesting import windows
from harvester.model import Identity, Page, RawRecord, Token, Window
from harvester.oai import Provider

SLOW = 30.0  # seconds for a page; the default deadline is too short for slower ones
DEADLINE_FACTOR = 10  # a suggested deadline is this many times the slowest page
_EVERY_SUNDAY = 'reconcile = "30 2 * * 0"  # every Sunday: deletions are never announced'
_EVERY_MONTH = 'reconcile = "30 2 1 * *"  # every month: some changes are never announced'
_DAY = timedelta(days=1)
# In DSpace a datestamp is the moment of a change; lists have it after `dspace oai import` (DSpace/DSpace#10720).
_INDEXES_AT_NIGHT = re.compile("dspace", re.IGNORECASE)


class Trial(Struct, frozen=True):
    """The result of one test, in words; `good` is `None` if the test was not possible."""

    good: bool | None
    said: str


class Checkup(Struct, frozen=True, kw_only=True):
    """The results of all tests."""

    prefix: str  # the metadata prefix of the tested list
    paging: Trial
    dates: Trial
    identifiers: Trial


def examine(provider: Provider, identity: Identity, window: Window, first: Page) -> Checkup:
    """Requests the second page, one day and the identifiers of a list whose first page is known."""
    listed = _identifiers(provider, window)
    identifiers = _listed(listed) if isinstance(listed, Page) else listed
    longer = isinstance(listed, Page) and listed.token is not None and len(listed.records) >= len(first.records)
    return Checkup(
        prefix=window.prefix,
        paging=_one_page(first, longer=longer)
        if first.token is None
        else _paging(provider, window, first, first.token),
        dates=_dates(provider, window, first, identity),
        identifiers=identifiers,
    )


def settings(identity: Identity, checkup: Checkup | None, slowest: float) -> list[str]:
    """Lines for the table of the source; `slowest` is the seconds of the slowest page."""
    lines = []
    if checkup and checkup.dates.good is False:
        lines.append("window_records = 0  # one list: it cannot be requested by dates")
    if not (checkup and checkup.identifiers.good is False):
        lines.append(_EVERY_SUNDAY if identity.deleted_record == "no" else _EVERY_MONTH)
    if _INDEXES_AT_NIGHT.search(identity.software or ""):
        lines.append("overlap = 172800  # DSpace indexes at night: records enter the lists after their datestamps")
    if slowest > SLOW:
        lines.append(f"deadline = {math.ceil(slowest * DEADLINE_FACTOR)}  # a page took {slowest:.0f} seconds")
    return lines


def _one_page(first: Page, *, longer: bool) -> Trial:
    size = f"{len(first.records)} records on one page"
    if longer:
        return Trial(False, f"{size} without a token, and more identifiers, so that harvests go by dates")
    return Trial(None, size)


def _paging(provider: Provider, window: Window, first: Page, token: Token) -> Trial:
    size = f"{len(first.records)} records a page, "
    size += f"{first.list_size} in all" if first.list_size else "without saying how many in all"
    try:
        second = provider.page(window, token.value)
    except (ProviderError, WaitUntil) as error:
        return Trial(False, f"{size}; the second does not come ({_brief(error)}), so that harvests go by dates")
    if not _identifiers_of(second.records) - _identifiers_of(first.records):
        return Trial(False, f"{size}; the second brings nothing new, so that harvests go by dates")
    return Trial(True, f"{size}; paging works{_lifetime(token, first.response_date)}")


def _identifiers_of(records: Iterable[RawRecord]) -> set[str]:
    return {raw.identifier for raw in records}


def _lifetime(token: Token, response_date: str) -> str:
    issued, expires = parse_utc(response_date), parse_utc(token.expires or "")
    return f", for {span((expires - issued).total_seconds())}" if issued and expires and expires > issued else ""


def _dates(provider: Provider, window: Window, first: Page, identity: Identity) -> Trial:
    """Requests one day of which the first page has a record."""
    stamps = sorted(stamp for raw in first.records if (stamp := parse_utc(raw.datestamp)))
    if not stamps:
        return Trial(None, "no datestamp on the first page")
    day = stamps[len(stamps) // 2].replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = (in_granularity(moment, identity.granularity) for moment in (day, day + _DAY))
    form, one_day = identity.granularity, replace(window, since=since, until=until)
    try:
        try:
            page = provider.page(one_day)
        except ProtocolError as error:
            if error.code != OaiCode.BAD_ARGUMENT:
                raise
            form = "day" if form == "second" else "second"
            page = provider.page(windows.in_granularity_of(one_day, form))
    except (ProviderError, WaitUntil) as error:
        return Trial(False, f"refused ({_brief(error)})")
    if not page.records:
        return Trial(False, f"ignored: nothing comes for {day:%Y-%m-%d}, of which a record is listed")
    if any(windows.ignores_dates(one_day, [raw]) for raw in page.records):
        return Trial(False, f"ignored: records of other days come for {day:%Y-%m-%d}")
    otherwise = f", though it declares the {identity.granularity}" if form != identity.granularity else ""
    midnights = form == "second" and len(stamps) > 1 and all(stamp.time() == day.time() for stamp in stamps)
    return Trial(True, f"filters work, to the {form}{otherwise}{'; all datestamps are midnights' if midnights else ''}")


def _identifiers(provider: Provider, window: Window) -> Page | Trial:
    try:
        return provider.identifiers(window)
    except (ProviderError, WaitUntil) as error:
        return Trial(False, f"not listed ({_brief(error)}): reconcile has nothing to compare with")


def _listed(page: Page) -> Trial:
    return Trial(True, f"listed, {len(page.records)} {'a page' if page.token else 'on one page'}")


def _brief(error: ProviderError | WaitUntil) -> str:
    """What happened, without the advice, which is meant for a harvest."""
    return str(error).partition(";")[0]


def span(seconds: float) -> str:
    """A length of time in its largest unit: `90 minutes`, `24 hours`, `400 days`."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}s"
    return f"{seconds:.0f} seconds"
