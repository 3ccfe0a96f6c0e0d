"""A record that has less than its last deposit: a redeposit replaces everything, so what is missing is erased."""

from __future__ import annotations

from collections.abc import Mapping

from harvester.model import Article, Finding

CODES = ("deposit-thinner",)


def richness(article: Article) -> dict[str, int]:
    """How much of each kind the article's deposit has, by words for people; only what there is."""
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


def thinner(article: Article, deposited: Mapping[str, int]) -> Finding | None:
    """What the article would erase of a deposit that had `deposited`; `None` where it has no less of anything."""
    now = richness(article)
    lost = [
        f"{kind} ({now.get(kind, 0)} now, {before} before)"
        for kind, before in deposited.items()
        if now.get(kind, 0) < before
    ]
    return Finding("deposit-thinner", "", article.doi or "", {"lost": ", ".join(lost)}) if lost else None
