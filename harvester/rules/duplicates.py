"""One DOI in several records.

Crossref keeps one record for each DOI: the last one deposited. The program cannot know which of several different
records that should be, so all are held back until all but one are removed or have another DOI. Records with equal
articles (one provider harvested as two sources) do no harm, and are only reported.

Several records of one source with one article are mostly one record whose OAI identifier changed: the site moved to
another domain, and the old records are not announced as deleted. Then nothing is wrong with the DOI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from harvester.model import Finding

CODES = ("doi-duplicate", "doi-same-article", "identifier-changed", "record-repeated")

_MAX_LISTED = 3  # other records in one message
_DOMAIN = re.compile(r"^(oai:[^:/]+:|https?://[^/]+/)")  # oai-identifier.xsd, and addresses


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
    differ = len({claim.fingerprint for claim in claims}) > 1
    for claim in claims:
        others = [other for other in claims if other is not claim]
        yield claim, Finding(_code(claim, others, differ=differ), "doi", doi, {"others": _listed(others, claim.source)})


def _code(claim: Claim, others: Sequence[Claim], *, differ: bool) -> str:
    if any(_is_renamed(claim, other) for other in others):
        return "identifier-changed" if differ else "record-repeated"
    return "doi-duplicate" if differ else "doi-same-article"


def _is_renamed(one: Claim, other: Claim) -> bool:
    """Whether two records of one source are probably one, with an old and a new identifier."""
    if one.source != other.source:
        return False
    has_same_title = bool(one.title) and one.title.casefold() == other.title.casefold()
    has_same_number = _number(one.identifier) == _number(other.identifier)
    return one.fingerprint == other.fingerprint or has_same_title or has_same_number


def _number(identifier: str) -> str:
    """What of an OAI identifier does not change when its site moves to another domain."""
    return _DOMAIN.sub("", identifier)


def _listed(others: Sequence[Claim], source: str) -> str:
    shown = [_described(other, source) for other in others[:_MAX_LISTED]]
    more = len(others) - len(shown)
    return "; ".join([*shown, f"{more} more"] if more else shown)


def _described(other: Claim, source: str) -> str:
    where = other.identifier if other.source == source else f"{other.identifier} in {other.source}"
    return f'"{other.title}" ({where})' if other.title else where
