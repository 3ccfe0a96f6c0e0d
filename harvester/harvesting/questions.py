"""What a plan asks while it decides, and how it is answered (sans-IO, as h11 does it).

A plan is a generator: it yields questions, is sent their answers, and returns its decision. It touches neither network
nor store, so a test answers by hand. `answering` answers from a provider and the store.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import Any, TypeVar

from msgspec import Struct

from harvester.model import Page, RawRecord, Window

# ------------------------------------------------------- to the provider; the answer may be a `ProviderError` instead


class Identify(Struct, frozen=True):
    """Answer: `Identity`."""


class ListFormats(Struct, frozen=True):
    """Answer: a tuple of `Format`."""


class ListSets(Struct, frozen=True):
    """Answer: a tuple of `SetInfo`."""


class ListIdentifiers(Struct, frozen=True):
    """Answer: `Page`, of headers."""

    window: Window
    token: str | None = None


class ListRecords(Struct, frozen=True):
    """Answer: `Page`, the first one. Sent once: it is of interest whether it comes."""

    window: Window


class GetRecord(Struct, frozen=True):
    """Answer: `Page`. `retried`: as often as the source allows; otherwise it is sent once."""

    identifier: str
    prefix: str
    retried: bool = True


# --------------------------------------------------------------------------------------------------- to the store


class Save(Struct, frozen=True):
    """Stores what came, in a transaction of its own that moves no checkpoint. Answer: `None`.

    `resolved` are identifiers whose earlier rejection counts no more.
    """

    page: Page | None
    resolved: Collection[str] = ()


class Missing(Struct, frozen=True):
    """Answer: those of the listed records that the store has neither as listed nor as rejected in this run."""

    listed: tuple[RawRecord, ...]


class StoredRecords(Struct, frozen=True):
    """Answer: what the store has of these identifiers, by identifier; without those never seen."""

    identifiers: Collection[str]


class StoredIdentifiers(Struct, frozen=True):
    """Answer: the next identifiers of the source after this one, in order; empty at the end."""

    after: str


class RejectedBefore(Struct, frozen=True):
    """Answer: the records that were rejected when the run began or resumed, and have not come since."""


class Delivered(Struct, frozen=True):
    """Answer: those of these identifiers that came since the run began or resumed."""

    identifiers: Collection[str]


class Rejections(Struct, frozen=True):
    """Answer: the reasons of all rejections of this run."""


class NewestDatestamp(Struct, frozen=True):
    """Answer: the latest datestamp of the source's records in this format, in text order; empty without records."""


class HasDatestamp(Struct, frozen=True):
    """Answer: whether the source has a record in this format with a datestamp between these two, in text order."""

    since: str
    until: str


class LastComplete(Struct, frozen=True):
    """Answer: the newest complete run over the whole list; `None` if there is none."""


class EarlierRun(Struct, frozen=True):
    """Answer: the newest run before this one over the whole list; `None` for the first."""


ProviderQuestion = Identify | ListFormats | ListSets | ListIdentifiers | ListRecords | GetRecord
StoreQuestion = (
    Save
    | Missing
    | StoredRecords
    | StoredIdentifiers
    | RejectedBefore
    | Delivered
    | Rejections
    | NewestDatestamp
    | HasDatestamp
    | EarlierRun
    | LastComplete
)
Question = ProviderQuestion | StoreQuestion

T = TypeVar("T")
Plan = Generator[Question, Any, T]
