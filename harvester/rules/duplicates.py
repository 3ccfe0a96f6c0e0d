"""One DOI in several records.

Crossref keeps one record for each DOI: the last one deposited. The program cannot know which of several different
records that should be, so all are held back until all but one are removed or have another DOI. Records with equal
articles (one provider harvested as two sources) do no harm, and are only reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from harvester.model import Finding

CODES = ("doi-duplicate", "doi-same-article")

_MAX_LISTED = 3  # other records in one message


class Claim(Struct, frozen=True, kw_only=True):
    """A record with the DOI. `fingerprint` is the fingerprint of its article."""

    source: str
    identifier: str
    title: str
    fingerprint: str


def duplicates(doi: str, claims: Sequence[Claim]) -> Iterator[tuple[Claim, Finding]]:
    """A finding for each of the records that share the DOI; nothing if there is only one record."""
    if len(claims) < 2:
        return
    code = "doi-duplicate" if len({claim.fingerprint for claim in claims}) > 1 else "doi-same-article"
    for claim in claims:
        others = [other for other in claims if other is not claim]
        yield claim, Finding(code, "doi", doi, {"others": _listed(others, claim.source)})


def _listed(others: Sequence[Claim], source: str) -> str:
    shown = [_described(other, source) for other in others[:_MAX_LISTED]]
    more = len(others) - len(shown)
    return "; ".join([*shown, f"{more} more"] if more else shown)


def _described(other: Claim, source: str) -> str:
    where = other.identifier if other.source == source else f"{other.identifier} in {other.source}"
    return f'"{other.title}" ({where})' if other.title else where
