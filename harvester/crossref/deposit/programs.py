"""Funding, licences, updates and relations: Crossref calls them programs. Each has a schema of its own."""

from __future__ import annotations

from collections.abc import Sequence

from harvester.crossref.deposit.vocabulary import INTER_WORK, INTRA_WORK, UPDATES
from harvester.crossref.deposit.xml import attributes, element, escape, wrap
from harvester.crossref.versions import Version
from harvester.model import Article, Funding, License, Relation


def programs(article: Article, version: Version, crossmark_policy: str | None) -> list[str]:
    """What is between the pages and the DOI of an article.

    In all versions an update is in `<crossmark>`, which requires the DOI of the publisher's policy page. If that is not
    configured, or the update has no date, it becomes a relation: this article is material related to the other one,
    with the kind of update as its description.
    """
    funding, licences = _funding(article.funding, version), _licences(article.licenses)
    updates = [_update(each, article) for each in article.relations] if crossmark_policy else []
    relations = [
        _related_item(each)
        for each in article.relations
        if not (each.update and crossmark_policy and _update(each, article))
    ]
    related = wrap("rel:program", relations, ' name="relations"')
    if crossmark_policy is None:
        return [funding, licences, related]
    policy = element("crossmark_policy", crossmark_policy)
    custom = wrap("custom_metadata", [funding, licences])
    return [wrap("crossmark", [policy, wrap("updates", updates), custom]), related]


def _update(relation: Relation, article: Article) -> str:
    """An update with its date: the one that the source gives, else the day on which this notice was published."""
    date = relation.date or _day_of(article)
    if not relation.update or relation.target_type != "doi" or relation.kind not in UPDATES or date is None:
        return ""
    return element("update", relation.target, attributes(type=relation.kind, date=date))


def _day_of(article: Article) -> str | None:
    for date in article.dates:
        if date.month and date.month <= 12 and date.day:
            return f"{date.year:04}-{date.month:02}-{date.day:02}"
    return None


def _related_item(relation: Relation) -> str:
    kind, description = relation.kind, relation.description
    if relation.update:
        update = relation.kind.replace("_", " ")
        kind, description = "isRelatedMaterial", f"{update}: {description}" if description else update
    family = "inter" if kind in INTER_WORK else "intra" if kind in INTRA_WORK else None
    if family is None:
        return ""
    attrs = f' relationship-type="{kind}" identifier-type="{relation.target_type}"'
    about = element("rel:description", description) + element(f"rel:{family}_work_relation", relation.target, attrs)
    return f"<rel:related_item>{about}</rel:related_item>"


def _funding(funding: Sequence[Funding], version: Version) -> str:
    """Several funders are kept apart by groups; a single one needs no group."""
    parts = [part for each in funding if (part := _funder(each, version))]
    if len(parts) > 1:
        parts = [f'<fr:assertion name="fundgroup">{part}</fr:assertion>' for part in parts]
    return wrap("fr:program", parts, ' name="fundref"')


def _funder(funding: Funding, version: Version) -> str:
    """Identifiers are inside the name: next to it, they would count as other funders."""
    ids = _assertion("funder_identifier", funding.funder_id)
    ids += _assertion("ror", funding.ror) if version.funder_ror else ""
    awards = "".join(_award(award, version) for award in funding.awards)
    if funding.funder is None:
        return ids + awards
    return f'<fr:assertion name="funder_name">{escape(funding.funder)}{ids}</fr:assertion>{awards}'


def _award(award: str, version: Version) -> str:
    """An award number, or the DOI of a grant, which an article has as a URL."""
    doi = award.removeprefix("https://doi.org/")
    is_doi = version.grant_dois and doi != award
    return _assertion("grant_doi", doi) if is_doi else _assertion("award_number", award)


def _assertion(name: str, value: str | None) -> str:
    return element("fr:assertion", value, f' name="{name}"')


def _licences(licenses: Sequence[License]) -> str:
    """No `free_to_read`: it means free for a limited time, not open access."""
    refs = [
        element("ai:license_ref", each.url, attributes(start_date=each.start_date, applies_to=each.applies_to))
        for each in licenses
    ]
    return wrap("ai:program", refs, ' name="AccessIndicators"')
