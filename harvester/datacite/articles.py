"""An article as DataCite takes it: the attributes of its REST API, by metadata schema 4.6.

The words of that schema are in vocabulary.toml. What has no exact word there is left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from harvester.article_api.files import Document, present
from harvester.article_api.words import abstract_text, affiliation_text, first_date, full_name, month_of
from harvester.model import Affiliation, Article, Contributor, Funding, PubDate
from harvester.text import plain

SCHEMA_VERSION = "http://datacite.org/schema/kernel-4"
ROR, ISNI, ORCID = "https://ror.org", "https://isni.org", "https://orcid.org"
_GRANT = "https://doi.org/"


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    """DataCite's words by ours, for each kind of word."""
    return tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))


def document(article: Article) -> Document:
    """The body of the request that registers the DOI of an article, or updates it."""
    return {"data": {"id": article.doi, "type": "dois", "attributes": _attributes(article)}}


def doi_of(document: Document) -> str:
    """The DOI in a document."""
    return str(document["data"]["id"])


def lacks(article: Article) -> tuple[str, ...]:
    """What DataCite requires and the article does not have, as codes of findings.toml.

    The rules hold back articles without a title, a year or a landing page from every target.
    """
    codes = []
    if not _creators(article):
        codes.append("datacite-author-missing")
    if not article.journal.publisher:
        codes.append("datacite-publisher-missing")
    return tuple(codes)


def _attributes(article: Article) -> Document:
    date = first_date(article.dates)
    return {
        "event": "publish",
        **present(
            doi=article.doi,
            url=article.landing_page,
            creators=_creators(article),
            contributors=list(_contributors(article)),
            titles=list(_titles(article)),
            publisher=article.journal.publisher,
            publicationYear=date.year if date else None,
            types=present(resourceTypeGeneral="JournalArticle", resourceType=article.type),
            language=article.language,
            descriptions=[
                present(description=words, descriptionType="Abstract", lang=abstract.lang)
                for abstract in article.abstracts
                if (words := abstract_text(abstract))
            ],
            subjects=[present(subject=keyword.text, lang=keyword.lang) for keyword in article.keywords],
            dates=list(_dates(article)),
            container=_container(article),
            relatedItems=list(_published_in(article)),
            relatedIdentifiers=list(_related(article)),
            rightsList=[{"rightsUri": url} for url in dict.fromkeys(one.url for one in article.licenses)],
            fundingReferences=[row for one in article.funding for row in _funding(one)],
        ),
        "schemaVersion": SCHEMA_VERSION,
    }


# ------------------------------------------------------------------------------------------------ people


def _creators(article: Article) -> list[Document]:
    return [found for one in article.contributors if one.role == "author" and (found := _person(one))]


def _contributors(article: Article) -> Iterator[Document]:
    """Editors and translators. The other roles have no word there."""
    for one in article.contributors:
        kind, found = vocabulary()["contributors"].get(one.role), _person(one)
        if kind and found:
            yield {**found, "contributorType": kind}


def _person(one: Contributor) -> Document | None:
    """A person or a group. The family name comes first in the name, as DataCite asks for; `None` without a name."""
    if one.kind == "anonymous" or not full_name(one):
        return None
    affiliations = [found for known in one.affiliations if (found := _affiliation(known))]
    identifiers = [_scheme("nameIdentifier", one.orcid, "ORCID", ORCID)] if one.orcid else []
    if one.surname is None:
        return present(
            name=one.name, nameType="Organizational", nameIdentifiers=identifiers, affiliation=affiliations
        )  # fmt: skip
    return present(
        name=", ".join(filter(None, (one.surname, one.given, one.suffix))),
        nameType="Personal",
        givenName=one.given,
        familyName=one.surname,
        nameIdentifiers=identifiers,
        affiliation=affiliations,
    )


def _affiliation(known: Affiliation) -> Document | None:
    """An institution as the article names it, with one identifier."""
    if (name := affiliation_text(known)) is None:
        return None
    if known.ror:
        return {"name": name, **_scheme("affiliationIdentifier", known.ror, "ROR", ROR)}
    if known.isni:
        return {"name": name, **_scheme("affiliationIdentifier", known.isni, "ISNI", ISNI)}
    return {"name": name}


def _scheme(name: str, value: str, scheme: str, uri: str) -> Document:
    return {name: value, f"{name}Scheme": scheme, "schemeUri": uri}


# ------------------------------------------------------------------------------------------------ the article


def _titles(article: Article) -> Iterator[Document]:
    """Every title in its language. The first is that of the article's language, the others are translations."""
    for number, title in enumerate(article.titles):
        kind = "TranslatedTitle" if number else None
        yield present(title=plain(title.text), titleType=kind, lang=title.lang)
        if title.subtitle:
            yield present(title=plain(title.subtitle), titleType="Subtitle", lang=title.lang)


def _dates(article: Article) -> Iterator[Document]:
    for date in article.dates:
        yield present(date=_written(date), dateType="Issued", dateInformation=date.medium)
    if article.accepted:
        yield {"date": _written(article.accepted), "dateType": "Accepted"}


def _written(date: PubDate) -> str:
    """As W3CDTF writes it. A season is not a month, so that only the year is written."""
    month = month_of(date)
    parts = [
        f"{date.year:04}",
        *([f"{month:02}"] if month else []),
        *([f"{date.day:02}"] if month and date.day else []),
    ]
    return "-".join(parts)


def _container(article: Article) -> Document:
    """The journal as DataCite shows it in a citation; nothing without its title."""
    journal = article.journal
    if not journal.titles:
        return {}
    issn = _first_issn(article)
    return present(
        type="Journal",
        title=plain(journal.titles[0].text),
        identifier=issn,
        identifierType="ISSN" if issn else None,
        volume=article.volume,
        issue=article.issue,
        firstPage=article.first_page,
        lastPage=article.last_page,
    )


def _published_in(article: Article) -> Iterator[Document]:
    """The journal in the schema's own form, with its titles in every language and the number of the article."""
    journal, issn = article.journal, _first_issn(article)
    if journal.titles:
        yield present(
            relatedItemType="Journal",
            relationType="IsPublishedIn",
            relatedItemIdentifier=(
                {"relatedItemIdentifier": issn, "relatedItemIdentifierType": "ISSN"} if issn else None
            ),
            titles=[
                present(title=plain(title.text), titleType="TranslatedTitle" if number else None, lang=title.lang)
                for number, title in enumerate(journal.titles)
            ],
            volume=article.volume,
            issue=article.issue,
            number=article.elocation_id,
            numberType="Article" if article.elocation_id else None,
            firstPage=article.first_page,
            lastPage=article.last_page,
            publisher=journal.publisher,
        )


def _first_issn(article: Article) -> str | None:
    """The electronic ISSN if there is one: DataCite has room for one."""
    issns = sorted(article.journal.issns, key=lambda issn: issn.medium != "electronic")
    return issns[0].value if issns else None


def _related(article: Article) -> Iterator[Document]:
    """The journal by each ISSN, the cited DOIs, and the relations that DataCite has a word for, each once."""
    rows = [("IsPartOf", "ISSN", issn.value) for issn in article.journal.issns]
    rows += [("References", "DOI", reference.doi) for reference in article.references if reference.doi]
    for relation in article.relations:
        kind = vocabulary()["relations"].get(relation.kind)
        target = vocabulary()["identifiers"].get(relation.target_type)
        if kind and target and not relation.update:
            rows.append((kind, target, relation.target))
    for kind, target, value in dict.fromkeys(rows):
        yield {"relatedIdentifier": value, "relatedIdentifierType": target, "relationType": kind}


def _funding(one: Funding) -> Iterator[Document]:
    """A row for each award of a funder that has a name, which DataCite requires."""
    if not one.funder:
        return
    who: Document = {"funderName": one.funder}
    if one.ror:
        who |= {"funderIdentifier": one.ror, "funderIdentifierType": "ROR"}
    elif one.funder_id:
        who |= {"funderIdentifier": one.funder_id, "funderIdentifierType": "Crossref Funder ID"}
    for award in one.awards or (None,):
        key = "awardUri" if award and award.startswith(_GRANT) else "awardNumber"
        yield {**who, key: award} if award else who
