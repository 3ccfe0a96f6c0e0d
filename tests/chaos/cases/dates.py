"""Dates and windows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from msgspec.structs import replace

from harvester.demo.lists import Record
from tests.chaos.case import Setting, case
from tests.chaos.cases.parts import BROKEN, WINDOWS, needs_date
from tests.providers.server import Answer, Request, error, reply
from tests.providers.truth import (
    CLOCK,
    Fault,
    Truth,
    article,
    without_arguments,
)


@case(
    "The provider declares seconds, but accepts only days",
    "requested once more by day, and remembered",
    27,
    harvests=2,
    requests=2,
)
def refuses_seconds() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        page = truth.bytes_of(request)
        if request.query.get("verb") == "Identify":
            return reply(page.replace(b"<granularity>YYYY-MM-DD<", b"<granularity>YYYY-MM-DDThh:mm:ssZ<"))
        return None

    return Truth(granularity="day"), fault


@case(
    "The provider declares days, but refuses them",
    "requested once more by second, and remembered",
    28,
    harvests=2,
    requests=2,
)
def refuses_days() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        if request.query.get("verb") == "Identify":
            return reply(
                truth.bytes_of(request).replace(b"<granularity>YYYY-MM-DDThh:mm:ssZ<", b"<granularity>YYYY-MM-DD<")
            )
        return reply(error("badArgument")) if len(request.query.get("from", "")) == 10 else None

    return Truth(), fault


@case("The granularity is written in another case", "understood", 29, harvests=2, requests=1)
def odd_granularity() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes:
        return reply(truth.bytes_of(request).replace(b"YYYY-MM-DDThh:mm:ssZ", b"yyyy-mm-ddThh:mm:ssZ"))

    return Truth(), fault


def with_earliest(value: bytes) -> Fault:
    stamp = re.compile(rb"<earliestDatestamp>[^<]*<")
    return lambda request, truth: (
        reply(stamp.sub(b"<earliestDatestamp>" + value + b"<", truth.bytes_of(request)))
        if request.query.get("verb") == "Identify"
        else None
    )


@case("earliestDatestamp is empty", "the first window has no beginning", 30, settings=WINDOWS)
def no_earliest() -> Setting:
    return Truth(), with_earliest(b"")


@case("earliestDatestamp is the present moment", "the first window has no beginning", 30, settings=WINDOWS)
def earliest_now() -> Setting:
    return Truth(), with_earliest(b"2025-06-01T12:00:00Z")


@case("earliestDatestamp is later than most records", "the first window has no beginning", 30, settings=WINDOWS)
def earliest_wrong() -> Setting:
    return Truth(), with_earliest(b"2021-01-01T00:00:00Z")


@case("earliestDatestamp is the smallest date that software can express", "ignored", 30, settings=WINDOWS)
def earliest_never() -> Setting:
    return Truth(), with_earliest(b"0001-01-01T00:00:00Z")


def with_response_date(value: bytes):
    stamp = re.compile(rb"<responseDate>[^<]*<")
    return lambda request, truth: reply(stamp.sub(b"<responseDate>" + value + b"<", truth.bytes_of(request)))


@case(
    "responseDate is the smallest date that software can express", "ignored: each harvest requests everything",
    settings=WINDOWS, harvests=2,
    requests=9,
)  # fmt: skip
def response_date_never() -> Setting:
    return Truth(), with_response_date(b"0001-01-01T00:00:00Z")


@case(
    "responseDate and datestamps are the largest date that software can express",
    "the same",
    settings=WINDOWS,
    harvests=2,
    requests=9,
)
def response_date_for_ever() -> Setting:
    last = re.compile(rb"<(responseDate|datestamp)>[^<]*<")

    def fault(request: Request, truth: Truth) -> bytes:
        return reply(last.sub(rb"<\1>9999-12-31T23:59:59-05:00<", truth.bytes_of(request)))

    return Truth(), fault


@case("earliestDatestamp is in the year 202", "years are sent with four digits", settings=WINDOWS)
def earliest_long_ago() -> Setting:
    """To a provider that compares dates as text, 506 lies behind 2025."""

    def fault(request: Request, truth: Truth) -> bytes | Answer | None:
        if request.query.get("from", "") > "2025":
            return reply(error("noRecordsMatch"))
        if request.query.get("until", "") > "2025":
            return reply(truth.bytes_of(without_arguments(request, "until")))
        return with_earliest(b"0202-01-01T00:00:00Z")(request, truth)

    return Truth(), fault


@case("Dates are outside of the calendar", "they are ignored; everything is requested again", harvests=2, requests=5)
def off_the_calendar() -> Setting:
    """What programs write that have no date: the least or the greatest that they know, in some zone."""
    stamp = re.compile(rb"<(responseDate|datestamp|earliestDatestamp)>[^<]*")

    def fault(request: Request, truth: Truth) -> bytes:
        page = stamp.sub(rb"<\1>0001-01-01T00:00:00+01:00", truth.bytes_of(request))
        return reply(page.replace(b"0001-01-01T00:00:00+01:00", b"9999-12-31T23:59:59-01:00", 1))

    return Truth(), fault


@case(
    "responseDate is missing, or not a date",
    "each harvest requests everything",
    settings=WINDOWS,
    harvests=2,
    requests=9,
)
def no_response_date() -> Setting:
    return Truth(), with_response_date(b"today")


@case(
    "Every datestamp is a midnight, although seconds are declared",
    "requested from a day earlier, since what changes today gets a datestamp before the last harvest",
    later=lambda truth: truth.put(article(3, " (revised)", datestamp=CLOCK.replace(hour=0))),
)  # fmt: skip
def midnights() -> Setting:
    return Truth([at_hour(0, article(number)) for number in range(23)]), lambda request, _: None


def at_hour(hour: int, record: Record) -> Record:
    return replace(record, datestamp=record.datestamp.replace(hour=hour, minute=0, second=0))


@case(
    "Every datestamp is a midnight in another time zone", "the same",
    later=lambda truth: truth.put(article(3, " (revised)", datestamp=CLOCK.replace(hour=5))),
)  # fmt: skip
def midnights_elsewhere() -> Setting:
    return Truth([at_hour(4 + number % 2, article(number)) for number in range(23)]), lambda request, _: None


@case(
    "Every datestamp is the present moment",
    "unchanged records are recognised by their content",
    31,
    harvests=2,
    requests=10,
)
def always_now() -> Setting:
    return Truth([article(number, datestamp=CLOCK) for number in range(23)]), lambda request, _: None


@case(
    "The list is not sorted",
    "the next harvest starts at the time of the provider's clock, not at the newest datestamp",
    32,
    harvests=2,
    requests=1,
)
def no_order() -> Setting:
    return Truth([article(number * 7 % 23) for number in range(23)]), lambda request, _: None


@case("Records before `from` are given", "recognised as unchanged", 36, harvests=2, requests=5)
def from_ignored() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(without_arguments(request, "from")))


@case(
    "Seconds are declared, but compared by day", "records outside of a window are recognised as unchanged", 36,
    settings=WINDOWS, harvests=2,
    requests=1,
)  # fmt: skip
def compared_by_day() -> Setting:
    """OJS 3.4 and 3.5."""

    def fault(request: Request, truth: Truth) -> bytes:
        target = re.sub(r"(from|until)=(\d{4}-\d\d-\d\d)T[^&]*", r"\1=\2", request.target)
        return reply(truth.bytes_of(Request(target, {})))

    return Truth(), fault


@case(
    "Local time is declared as UTC and is behind it, so changes get a datestamp of hours ago",
    "requested from as many hours earlier as `overlap` says", 35, settings="overlap = 10800\n",
    later=lambda truth: truth.put(article(3, " (revised)", datestamp=CLOCK - timedelta(hours=3))),
)  # fmt: skip
def local_time() -> Setting:
    return Truth(), lambda request, _: None


@case(
    "responseDate is local time, ahead of UTC; datestamps are UTC",
    "requested from the time of our own clock, if that is earlier", 35,
    later=lambda truth: truth.put(article(3, " (revised)", datestamp=CLOCK + timedelta(hours=1))),
)  # fmt: skip
def clock_ahead() -> Setting:
    ahead = b"<responseDate>2025-06-01T15:00:00Z<"
    return Truth(), lambda request, truth: reply(re.sub(rb"<responseDate>[^<]*<", ahead, truth.bytes_of(request)))


@case(
    "Datestamps are in the future, by up to decades",
    "the last window has no end",
    settings=WINDOWS,
    harvests=2,
    requests=10,
)
def future() -> Setting:
    return Truth([article(n, datestamp=CLOCK + timedelta(days=400 * n)) for n in range(23)]), lambda request, _: None


@case("earliestDatestamp is in the future", "the first window has no beginning", 30, settings=WINDOWS)
def earliest_in_the_future() -> Setting:
    return Truth(), with_earliest(b"2035-01-01T00:00:00Z")


@case(
    "A window leaves out both its ends, and there are records",
    "fewer than announced: requested as one list again", settings=WINDOWS,
)  # fmt: skip
def open_ends() -> Setting:
    def inwards(found: re.Match[str]) -> str:
        step = timedelta(seconds=1 if found[1] == "from" else -1)
        return f"{found[1]}={datetime.fromisoformat(unquote(found[2])) + step:%Y-%m-%dT%H:%M:%SZ}"

    def fault(request: Request, truth: Truth) -> bytes:
        target = re.sub(r"(from|until)=([^&]*)", inwards, request.target)
        return reply(truth.bytes_of(Request(target, {})))

    start = datetime(2020, 1, 1, tzinfo=UTC)
    return Truth([article(n, datestamp=start + timedelta(days=17 * n)) for n in range(23)]), fault


@case(
    "Local time is declared as UTC, and is ahead of it",
    "recognised as unchanged when it comes again",
    35,
    harvests=2,
    requests=4,
)
def local_time_ahead() -> Setting:
    return Truth([article(n, datestamp=CLOCK + timedelta(hours=2)) for n in range(9)]), lambda request, _: None


@case(
    "A record changes and keeps its datestamp", "`harvest --full` notices that its content differs", 33,
    later=lambda truth: truth.put(article(3, " (corrected in silence)")), found_by="full",
)  # fmt: skip
def changed_in_silence() -> Setting:
    return Truth(), lambda request, _: None


@case(
    "A new record has a datestamp of long ago", "`reconcile` finds it in the list of identifiers", 34,
    later=lambda truth: truth.put(article(100, datestamp=article(2).datestamp)), found_by="reconcile",
)  # fmt: skip
def back_dated() -> Setting:
    return Truth(), lambda request, _: None


@case("Dates are ignored", "no windows: one list", settings=WINDOWS)
def dates_ignored() -> Setting:
    return Truth(), lambda request, truth: reply(truth.bytes_of(without_arguments(request, "from", "until")))


@case("`until` is refused with badArgument", "no windows: one list", 28, settings=WINDOWS, harvests=2, requests=1)
def until_refused() -> Setting:
    return Truth(), lambda request, _: reply(error("badArgument")) if "until" in request.query else None


@case("`until` is answered with HTTP 500", "no windows: one list", settings=WINDOWS, harvests=2, requests=1)
def until_breaks_it() -> Setting:
    return Truth(), lambda request, _: BROKEN if "until" in request.query else None


@case("Windows with dates are always empty", "fewer than announced: requested as one list again", settings=WINDOWS)
def windows_are_empty() -> Setting:
    return Truth(), lambda request, _: reply(error("noRecordsMatch")) if "from" in request.query else None


@case("`until` by day means its midnight", "windows begin where their neighbours end", settings=WINDOWS)
def until_midnight() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        until = request.query.get("until")
        return (
            reply(truth.bytes_of(Request(request.target.replace(f"until={until}", f"until={day_before(until)}"), {})))
            if until
            else None
        )

    def day_before(until: str) -> str:
        from datetime import date

        return (date.fromisoformat(until) - timedelta(days=1)).isoformat()

    return Truth(granularity="day"), fault


@case(
    "Several windows are requested at the same time",
    "several connections, one store",
    settings=WINDOWS + "parallel = 4\n",
)
def side_by_side() -> Setting:
    return Truth(), lambda request, _: None


@case("A list without `from` is refused", "requested from a date before the first record", 33)
def date_required() -> Setting:
    return Truth(), needs_date


@case("A list without `from` is answered with HTTP 500", "the same", 33)
def date_required_or_broken() -> Setting:
    return Truth(), lambda request, truth: BROKEN if needs_date(request, truth) else None


@case("A list without `from` is empty", "the same", 33)
def date_required_in_silence() -> Setting:
    empty = reply(error("noRecordsMatch"))
    return Truth(), lambda request, truth: empty if needs_date(request, truth) else None
