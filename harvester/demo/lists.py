"""The records that a list request selects, and the resumption tokens that continue the list from page to page."""

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
    """One item with its metadata: the serialised element inside <metadata>, by metadata prefix."""

    identifier: str
    datestamp: datetime  # UTC, whole seconds
    sets: tuple[str, ...] = ()
    deleted: bool = False
    metadata: Mapping[str, bytes] = {}

    def has(self, prefix: str) -> bool:
        return self.deleted or prefix in self.metadata

    def is_in(self, set_spec: str) -> bool:
        """Whether it is in the set or a subset, which is separated by a colon (section 2.6)."""
        return any(spec == set_spec or spec.startswith(f"{set_spec}:") for spec in self.sets)


class Selection(Struct, frozen=True, array_like=True):
    """The records that a request selects: from `since` on, and before `end`."""

    prefix: str
    set_spec: str | None = None
    since: datetime = _BEGINNING
    end: datetime = _END

    def test(self) -> Callable[[Record], bool]:
        """A function that returns whether a record is selected."""
        prefix, set_spec, since, end = self.prefix, self.set_spec, self.since, self.end

        def is_selected(record: Record) -> bool:
            return since <= record.datestamp < end and record.has(prefix) and (not set_spec or record.is_in(set_spec))

        return is_selected


def selection(arguments: Mapping[str, str], *, seconds: bool) -> Selection:
    """The selection by the arguments of a list request; `seconds` if the repository has this granularity.

    Both ends are included (section 2.7.1). Raises `Refusal` for dates that are invalid, too fine or do not match.
    """
    first, last = arguments.get("from"), arguments.get("until")
    if first and last and len(first) != len(last):
        raise Refusal("badArgument", "from and until have different granularities")
    since = _moment(first, seconds) if first else _BEGINNING
    end = _after(_moment(last, seconds), last) if last else _END
    if since >= end:
        raise Refusal("badArgument", "from is later than until")
    return Selection(arguments["metadataPrefix"], arguments.get("set"), since, end)


def _moment(datestamp: str, seconds: bool) -> datetime:
    form = _SECOND_FORM if "T" in datestamp else _DAY_FORM
    try:
        moment = datetime.strptime(datestamp, form).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("badArgument", f"{datestamp} is not a date like 2020-01-31 or 2020-01-31T12:00:00Z") from None
    if stamp(moment, seconds="T" in datestamp) != datestamp:  # strptime accepts 2020-1-1 too
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
    """A moment as a datestamp of OAI-PMH."""
    return f"{moment.isoformat()[:19]}Z" if seconds else moment.isoformat()[:10]


class Token(Struct, frozen=True, array_like=True):
    """The position in a list. A resumption token contains all of it, so the repository keeps no state."""

    verb: str
    selection: Selection
    size: int  # of the whole list
    expires: datetime
    cursor: int = 0  # records sent so far
    position: int = 0  # the index of the next page's first record in the repository

    def value(self) -> str:
        return urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode()


def token(value: str, verb: str, now: datetime) -> Token:
    """The token with this value. Raises `Refusal` if it is not a token of this verb, or has expired."""
    try:
        decoded = msgspec.json.decode(urlsafe_b64decode(value.encode() + b"=" * (-len(value) % 4)), type=Token)
    except ValueError:  # includes the errors of binascii, msgspec and Unicode
        raise Refusal("badResumptionToken", "this token was not issued here") from None
    if decoded.verb != verb or decoded.position < 0 or decoded.cursor < 0:
        raise Refusal("badResumptionToken", "this is a token of another list")
    if decoded.expires <= now:
        raise Refusal("badResumptionToken", "the token has expired; begin the list again")
    return decoded
