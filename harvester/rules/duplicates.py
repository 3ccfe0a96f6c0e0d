"""One DOI in several records.

Crossref keeps one record for a DOI: whichever was deposited last. Which of several different records that should be,
nobody here can know, so all of them are held until one is taken away or gets another DOI. Records that say exactly the
same (one provider harvested under two sources) harm nobody; that is only said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from harvester.model import Finding

CODES = ("doi-duplicate", "doi-same-article")

_NAMED = 3  # other records in one sentence


class Claim(Struct, frozen=True, kw_only=True):
    """A record that has the DOI; `fingerprint` is that of its article."""

    source: str
    identifier: str
    title: str
    fingerprint: str


def duplicates(doi: str, claims: Sequence[Claim]) -> Iterator[tuple[Claim, Finding]]:
    """A finding for each of the records that have the DOI in common; nothing for one record alone."""
    if len(claims) < 2:
        return
    code = "doi-duplicate" if len({claim.fingerprint for claim in claims}) > 1 else "doi-same-article"
    for claim in claims:
        others = [other for other in claims if other is not claim]
        yield claim, Finding(code, "doi", doi, {"others": _named(others, claim.source)})


def _named(others: Sequence[Claim], source: str) -> str:
    shown = [_one(other, source) for other in others[:_NAMED]]
    more = len(others) - len(shown)
    return "; ".join([*shown, f"{more} more"] if more else shown)


def _one(other: Claim, source: str) -> str:
    where = other.identifier if other.source == source else f"{other.identifier} in {other.source}"
    return f'"{other.title}" ({where})' if other.title else where
