"""What the agency holds of a DOI, compared with what was sent. Pure.

The bytes of our file count, and not the article as it is today: what has changed since is not drift but pending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from harvester.answers import Facts, HeldRecord
from harvester.identifiers import doi_prefix

GRACE = timedelta(days=3)  # what the agency shows lags behind what it registered
_COUNTED = ("authors", "orcid", "license")  # more of them make a record richer

DriftKind = Literal["foreign", "field", "missing", "owner"]


class Sent(Struct, frozen=True, kw_only=True):
    """What we know of a DOI: the `versions` of all our files with it, and the facts of those that are there.

    `held` is the one that the agency had, and `since` when that is known.
    """

    doi: str
    held: int
    versions: tuple[int, ...]
    facts: Mapping[int, Facts]
    since: datetime | None = None


class Drift(Struct, frozen=True, kw_only=True):
    """One difference between what was sent and what the agency holds. `field` only where one differs."""

    doi: str
    kind: DriftKind
    field: str | None = None
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    held_version: int | None = None


def compared(sent: Sent, held: HeldRecord | None, prefixes: tuple[str, ...], now: datetime) -> list[Drift]:
    """Every difference. `prefixes` are those of the account, whose records may belong to any of them."""
    is_fresh = sent.since is not None and now - sent.since < GRACE
    if held is None or held.version is None:
        return [] if is_fresh else [_of_version("missing", sent, None)]
    found = list(_owner(sent, held, prefixes))
    if is_foreign(held.version, sent.versions, sent.held):
        found.append(_of_version("foreign", sent, held.version))
    elif held.version < sent.held:  # an older version of ours, or one from before us
        return found if is_fresh else [*found, _of_version("missing", sent, held.version)]
    facts = sent.facts.get(held.version, sent.facts.get(sent.held))
    return found if facts is None else [*found, *_fields(sent.doi, facts, held)]


def is_late(sent: Sent, held: HeldRecord | None) -> bool:
    """Whether the agency does not show yet, or not any more, what it had from us."""
    return held is None or held.version is None or held.version < sent.held


def _of_version(kind: DriftKind, sent: Sent, held: int | None) -> Drift:
    theirs = () if held is None else (str(held),)
    return Drift(doi=sent.doi, kind=kind, ours=(str(sent.held),), theirs=theirs, held_version=held)


def is_foreign(held: int, versions: Collection[int], ours: int) -> bool:
    """Whether somebody else deposited after `ours`, which the agency had.

    An older version proves nothing: the answer may be late. So may a newer one of our own `versions`.
    """
    return held not in versions and held > ours


def is_richer(theirs: Facts, ours: Facts) -> tuple[str, ...]:
    """The fields of which the agency has more than our file would give it; an update overwrites them all.

    They are references, authors, ORCID iDs and licences, and an abstract where ours has none.
    """
    more = [name for name in _COUNTED if len(theirs.get(name, ())) > len(ours.get(name, ()))]
    if _references(theirs) > _references(ours):
        more.append("references")
    if theirs.get("abstract") and not ours.get("abstract"):
        more.append("abstract")
    return tuple(more)


def _owner(sent: Sent, held: HeldRecord, prefixes: tuple[str, ...]) -> Iterator[Drift]:
    own = doi_prefix(sent.doi)
    if held.owner and held.owner != own and held.owner not in prefixes:
        yield Drift(
            doi=sent.doi,
            kind="owner",
            field="owner",
            ours=(own,),
            theirs=(held.owner,),
            held_version=held.version,
        )


def _fields(doi: str, ours: Facts, held: HeldRecord) -> Iterator[Drift]:
    for name in dict.fromkeys((*ours, *held.facts)):
        mine, theirs = ours.get(name, ()), held.facts.get(name, ())
        if _comparable(name, mine) != _comparable(name, theirs):
            yield Drift(doi=doi, kind="field", field=name, ours=mine, theirs=theirs, held_version=held.version)


def _comparable(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Agencies rewrite the markup of abstracts, and with it the blanks around its elements."""
    return tuple("".join(value.split()) for value in values) if name == "abstract" else values


def _references(facts: Facts) -> int:
    return int(next(iter(facts.get("references", ())), "0"))
