"""Records with less metadata than their last deposit. A redeposit replaces everything, so the rest would be erased."""

from __future__ import annotations

from collections.abc import Mapping

from harvester.model import Article, Finding

CODES = ("deposit-thinner",)


def counts_by_kind(article: Article) -> dict[str, int]:
    """The number of values of each kind in the article, by name of the kind in messages. No zeros."""
    people = article.contributors
    counts = {
        "titles": len(article.titles),
        "abstracts": len(article.abstracts),
        "contributors": len(people),
        "affiliations": sum(len(person.affiliations) for person in people),
        "ORCID iDs": sum(person.orcid is not None for person in people),
        "names in other scripts": sum(len(person.alt_names) for person in people),
        "references": len(article.references),
        "licences": len(article.licenses),
        "funders": len(article.funding),
        "relations": len(article.relations),
        "full-text links": len(article.files),
    }
    return {kind: count for kind, count in counts.items() if count}


def metadata_lost(article: Article, deposited: Mapping[str, int], target: str) -> Finding | None:
    """What the article would erase from its last deposit for `target`, whose counts by kind are `deposited`.

    `None` if it has no less of any kind.
    """
    now = counts_by_kind(article)
    lost = [
        f"{kind} ({now.get(kind, 0)} now, {before} before)"
        for kind, before in deposited.items()
        if now.get(kind, 0) < before
    ]
    if not lost:
        return None
    return Finding("deposit-thinner", "", article.doi or "", {"lost": ", ".join(lost), "target": target})
