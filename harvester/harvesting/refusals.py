"""Tells a provider that refuses this program, or is out of order, from one that cannot write a record. Plans.

A firewall that does not name itself answers HTTP 403, or a web page in place of OAI-PMH. So do some providers for a
page with a bad record. Requests for what came before tell them apart: a bad record is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from harvester.datestamps import in_granularity, parse_utc
from harvester.errors import ProtocolError, ProviderError, TooBig, TooSlow
from harvester.harvesting import windows
from harvester.harvesting.lists import ListProgress
from harvester.harvesting.questions import (
    GetRecord,
    ListIdentifiers,
    ListRecords,
    Plan,
    StoredIdentifiers,
    StoredRecords,
)
from harvester.model import Page, StoredRecord, Window

T = TypeVar("T")
_DAY = timedelta(days=1)
# What only says something about the page that was requested.
_OF_ONE_PAGE = (ProtocolError, TooBig, TooSlow)


class Sample(Struct, frozen=True):
    """A few records, far apart from each other, and the midnights at which the days of a few datestamps begin."""

    identifiers: tuple[str, ...]
    days: tuple[datetime, ...]


def stored_sample() -> Plan[Sample]:
    """Of the live records of the store: these came before."""
    identifiers = yield StoredIdentifiers("")
    known: dict[str, StoredRecord] = (yield StoredRecords(identifiers)) if identifiers else {}
    return _sample((one.datestamp, name) for name, one in known.items() if not one.deleted)


def _sample(records: Iterable[tuple[str, str]]) -> Sample:
    """`records` are datestamps and identifiers."""
    live = sorted(records)
    moments = [moment for stamp, _ in live if (moment := parse_utc(stamp))]
    days = sorted({moment.replace(hour=0, minute=0, second=0, microsecond=0) for moment in moments})
    return Sample(spread([name for _, name in live]), spread(days))


def spread(items: Sequence[T]) -> tuple[T, ...]:
    """The first, the middle and the last of them."""
    return tuple(dict.fromkeys(items[at] for at in (0, len(items) // 2, -1))) if items else ()


def fails_where_it_came(progress: ListProgress, error: ProviderError) -> Plan[bool]:
    """After a page in the middle of a list did not come: whether its first page, which came, does not come either."""
    if progress.token is None or isinstance(error, _OF_ONE_PAGE):
        return False
    answer = yield ListRecords(progress.asked)
    return isinstance(answer, ProviderError) and not isinstance(answer, _OF_ONE_PAGE)


def refuses_all(asked: Window, listed: Page, granularity: windows.Granularity, later: Window) -> Plan[bool]:
    """After the first page of a list was refused: whether lists of several days, or several records, are refused too.

    One bad record is on one day. Of a provider that never gave a record, only the `listed` identifiers are known, whose
    page may have nothing but bad records: then the `later` part of the list is requested first.
    """
    known = yield from stored_sample()
    came = bool(known.identifiers)
    if not came:
        known = _sample((raw.datestamp, raw.identifier) for raw in listed.records if not raw.deleted)
        if later != asked and not _is_refusal((yield ListRecords(later))):
            return False
    refuses = (yield from _refuses_days(asked, known.days, granularity)) if len(known.days) > 1 else None
    if refuses is None and (came or len(known.identifiers) > 1):
        refuses = yield from refuses_records(known.identifiers, asked.prefix)
    return bool(refuses)


def _refuses_days(asked: Window, days: Iterable[datetime], granularity: windows.Granularity) -> Plan[bool | None]:
    """Whether the lists of all these days are refused; `None` if that may be because of their dates."""
    window = asked
    for day in days:
        since, until = in_granularity(day, granularity), in_granularity(day + _DAY, granularity)
        window = replace(asked, since=since, until=until)
        if not _is_refusal((yield ListRecords(window))):
            return False
    listed = yield ListIdentifiers(window)
    if isinstance(listed, Page) and listed.records and not windows.ignores_dates(window, listed.records):
        return True
    return None


def refuses_records(identifiers: Iterable[str], prefix: str) -> Plan[bool]:
    """Whether each of these records is refused."""
    for identifier in identifiers:
        if not _is_refusal((yield GetRecord(identifier, prefix, retried=False))):
            return False
    return True


def _is_refusal(answer: object) -> bool:
    return isinstance(answer, ProviderError) and answer.refused
