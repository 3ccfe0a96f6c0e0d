"""An article as DOAJ takes it: IncomingArticleDO in DOAJ's source, portality/api/current/data_objects/article.py.

DOAJ knows the journal by its ISSN, and has the journal's title, publisher, country, languages and licence itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from harvester.article_api.files import Document, present
from harvester.article_api.words import abstract_text, affiliation_text, first_date, full_name, month_of
from harvester.model import Article, Contributor, Title
from harvester.text import plain

_TYPE_OF_ISSN = (("print", "pissn"), ("electronic", "eissn"))
_ENDS_OF_TITLE = (":", "?", "!", ".", "…")  # after which a subtitle needs no colon


def document(article: Article) -> Document:
    """The JSON document of an article. What the article does not have is absent."""
    date = first_date(article.dates)
    month = month_of(date) if date else None
    bibjson = present(
        title=_title(article.titles[0]) if article.titles else None,
        identifier=list(_identifiers(article)),
        author=[author for person in article.contributors if (author := _author(person))],
        abstract=abstract_text(article.abstracts[0]) if article.abstracts else None,
        year=str(date.year) if date else None,
        month=str(month) if month else None,
        keywords=list(dict.fromkeys(keyword.text for keyword in article.keywords)),
        link=[{"type": "fulltext", "url": article.landing_page}] if article.landing_page else None,
        journal=present(
            volume=article.volume,
            number=article.issue,
            start_page=article.first_page,
            end_page=article.last_page,
        ),
    )
    return {"bibjson": bibjson}


def doi_of(document: Document) -> str:
    """The DOI in a document."""
    return next(str(one["id"]) for one in document["bibjson"]["identifier"] if one["type"] == "doi")


def _title(title: Title) -> str:
    """The title and its subtitle on one line: there is one field for both, and for one language."""
    main = plain(title.text)
    if not title.subtitle:
        return main
    joint = " " if main.endswith(_ENDS_OF_TITLE) else ": "
    return f"{main}{joint}{plain(title.subtitle)}"


def _identifiers(article: Article) -> Iterator[Document]:
    """The ISSNs whose medium is known, one of each, and the DOI. DOAJ refuses one number for both media."""
    seen: set[str] = set()
    for medium, name in _TYPE_OF_ISSN:
        of_medium = [issn.value for issn in article.journal.issns if issn.medium == medium]
        if of_medium and of_medium[0] not in seen:
            seen.add(of_medium[0])
            yield {"type": name, "id": of_medium[0]}
    if article.doi:
        yield {"type": "doi", "id": article.doi}


def _author(person: Contributor) -> Document | None:
    """An author; other contributors have no place there."""
    name = full_name(person)
    if person.role != "author" or not name:
        return None
    named = dict.fromkeys(filter(None, map(affiliation_text, person.affiliations)))
    return present(name=name, affiliation="; ".join(named), orcid_id=person.orcid)
