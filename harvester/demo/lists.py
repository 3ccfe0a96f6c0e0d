"""What a list request selects, and the resumption tokens that carry it from page to page."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from harvester.demo.envelope import Refusal

_DAY_FORM, _SECOND_FORM = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"
_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Record(Struct, frozen=True, kw_only=True):
    """One item with its metadata in every format it has: prefix to the serialised element inside <metadata>."""

    identifier: str
    datestamp: datetime  # UTC, whole seconds
    sets: tuple[str, ...] = ()
    deleted: bool = False
    metadata: Mapping[str, bytes] = {}

    def has(self, prefix: str) -> bool:
        return self.deleted or prefix in self.metadata

    def is_in(self, wanted: str) -> bool:
        """Whether it is in the set or below it: colons make the hierarchy (section 2.6)."""
        return any(one == wanted or one.startswith(f"{wanted}:") for one in self.sets)


class Selection(Struct, frozen=True, array_like=True):
    """Which records are asked for: those from `since` on and before `end`."""

    prefix: str
    set_spec: str | None = None
    since: datetime = _BEGINNING
    end: datetime = _END

    def test(self) -> Callable[[Record], bool]:
        """Whether a record is asked for."""
        prefix, wanted, since, end = self.prefix, self.set_spec, self.since, self.end

        def asked_for(record: Record) -> bool:
            return since <= record.datestamp < end and record.has(prefix) and (not wanted or record.is_in(wanted))

        return asked_for


def selection(given: Mapping[str, str], *, seconds: bool) -> Selection:
    """The selection of a list request's arguments; `seconds` tells whether the repository's granularity allows them.

    Both ends belong to it (section 2.7.1). Raises `Refusal` on dates that are none, are too fine or do not match.
    """
    first, last = given.get("from"), given.get("until")
    if first and last and len(first) != len(last):
        raise Refusal("badArgument", "from and until have different granularities")
    since = _moment(first, seconds) if first else _BEGINNING
    end = _after(_moment(last, seconds), last) if last else _END
    if since >= end:
        raise Refusal("badArgument", "from lies behind until")
    return Selection(given["metadataPrefix"], given.get("set"), since, end)


def _moment(datestamp: str, seconds: bool) -> datetime:
    form = _SECOND_FORM if "T" in datestamp else _DAY_FORM
    try:
        moment = datetime.strptime(datestamp, form).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("badArgument", f"{datestamp} is no date like 2020-01-31 or 2020-01-31T12:00:00Z") from None
    if stamp(moment, seconds="T" in datestamp) != datestamp:  # strptime takes 2020-1-1 too
        raise Refusal("badArgument", f"{datestamp} is not written in full")
    if "T" in datestamp and not seconds:
        raise Refusal("badArgument", "the granularity of this repository is the day")
    return moment


def _after(moment: datetime, datestamp: str) -> datetime:
    try:
        return moment + (timedelta(seconds=1) if "T" in datestamp else timedelta(days=1))
    except OverflowError:
        return _END


def stamp(moment: datetime, *, seconds: bool) -> str:
    """A moment as OAI-PMH writes it."""
    return f"{moment.isoformat()[:19]}Z" if seconds else moment.isoformat()[:10]


class Token(Struct, frozen=True, array_like=True):
    """Where a list stands. A resumption token holds all of it, so the repository remembers nothing."""

    verb: str
    selection: Selection
    size: int  # of the whole list
    expires: datetime
    cursor: int = 0  # records given so far
    position: int = 0  # in the repository's records, where the next page begins

    def value(self) -> str:
        return urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode()


def token(value: str, verb: str, now: datetime) -> Token:
    """The token of its value. Raises `Refusal` on what never was one of this verb, or is one no longer."""
    try:
        held = msgspec.json.decode(urlsafe_b64decode(value.encode() + b"=" * (-len(value) % 4)), type=Token)
    except ValueError:  # binascii's, msgspec's and Unicode's errors are ValueErrors
        raise Refusal("badResumptionToken", "this is no token of ours") from None
    if held.verb != verb or held.position < 0 or held.cursor < 0:
        raise Refusal("badResumptionToken", "this is a token of another list")
    if held.expires <= now:
        raise Refusal("badResumptionToken", "the token has expired; begin the list again")
    return held
