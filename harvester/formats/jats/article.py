"""An overview of a JATS article: what is read, where it comes from, and in which order."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from harvester.formats.entities import report_unresolved
from harvester.formats.jats import dates, funding, journal, links, numbering, relations, rights
from harvester.formats.jats.abstracts import abstracts, keywords
from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.people import Byline
from harvester.formats.jats.references import references
from harvester.formats.jats.texts import language_of
from harvester.formats.jats.titles import LanguageVersion, titles
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, descendants, grouped, vocabulary
from harvester.formats.notes import Notes
from harvester.formats.placeholders import unless_placeholder
from harvester.formats.reader import Reader
from harvester.identifiers import clean_doi, find_dois, fold_doi
from harvester.model import Article, Hints, RawRecord, Relation
from harvester.xmltools import local

_FOREIGN_NUMBERS = vocabulary("doi pmid pmc pmcid pmc-uid pmc-aid arxiv bibcode")  # not assigned by the publisher
# The JATS element of each field of the article, for its provenance.
_ORIGINS = {
    "doi": "article-id",
    "landing_page": "self-uri",
    "type": "article@article-type",
    "language": "article@xml:lang",
    "contributors": "contrib-group",
    "volume": "volume",
    "issue": "issue",
    "issue_year": "pub-date",
    "dates": "pub-date",
    "accepted": "history",
    "first_page": "fpage",
    "elocation_id": "elocation-id",
    "keywords": "kwd-group",
    "licenses": "permissions",
    "funding": "funding-group",
    "relations": "related-article",
    "files": "self-uri",
    "references": "ref-list",
}


class Front(NamedTuple):
    """The only <front> that is read (mapping J1): the metadata of the journal and of the article."""

    journal: Element | None
    meta: Element | None
    groups: Grouped  # the children of article-meta


class JatsRecord(NamedTuple):
    """An <article> with what several of its stages need."""

    element: Element
    front: Front
    language: str | None
    versions: list[LanguageVersion]  # the article and its translations
    translations: list[Relation]  # those that are separate articles
    hints: Hints
    notes: Notes


def _opened(element: Element, record: RawRecord, hints: Hints, notes: Notes) -> JatsRecord:
    front = _front(element)
    if front.meta is None:
        notes.report("article-meta-missing", "", record.identifier)
    _report_entities(element, front, notes)
    language = language_of(element, "language", notes)
    versions, translations = _versions(element, front, language, notes)
    return JatsRecord(element, front, language, versions, translations, hints, notes)


def _identity(record: JatsRecord, article: Article) -> Article:
    groups, notes = record.front.groups, record.notes
    place = numbering.numbering(groups, notes)
    return replace(
        article,
        type=_type(record.element),
        language=record.language,
        volume=place.volume,
        issue=place.issue,
        issue_title=place.issue_title,
        first_page=place.first_page,
        last_page=place.last_page,
        other_pages=place.other_pages,
        elocation_id=place.elocation_id,
        doi=_doi(groups, notes),
        landing_page=links.landing_page(groups, record.hints, notes),
        identifiers=_identifiers(groups, notes),
    )


def _texts(record: JatsRecord, article: Article) -> Article:
    return replace(
        article,
        titles=titles(record.versions, record.notes),
        abstracts=abstracts(record.versions, record.hints, record.notes),
    )


def _people(record: JatsRecord, article: Article) -> Article:
    byline = Byline(record.front.meta, record.front.groups, record.language, record.hints, record.notes)
    return replace(article, contributors=byline.contributors())


def _publication(record: JatsRecord, article: Article) -> Article:
    groups, notes = record.front.groups, record.notes
    return replace(
        article,
        journal=journal.journal(record.front.journal, record.hints.journals, notes),
        issue_year=dates.issue_year(groups, notes),
        dates=dates.publication_dates(groups, notes),
        accepted=dates.accepted(groups, notes),
    )


def _surroundings(record: JatsRecord, article: Article) -> Article:
    groups, notes = record.front.groups, record.notes
    return replace(
        article,
        keywords=keywords(record.versions, notes),
        licenses=rights.licenses(groups, notes),
        funding=funding.funding(groups, notes),
        relations=(*relations.relations(groups, article.type, notes), *record.translations),
        files=links.files(groups),
    )


def _cited(record: JatsRecord, article: Article) -> Article:
    cited = replace(article, references=references(record.element, record.notes))
    record.notes.provenance.update(_provenance(cited, record.front))
    return cited


READER = Reader(
    "jats",
    _opened,
    (_identity, _texts, _people, _publication, _surroundings, _cited),
    no_article=frozenset({"article-meta-missing"}),
)


def _type(article: Element) -> str | None:
    return (article.get("article-type") or "").strip() or None


def _provenance(article: Article, front: Front) -> dict[str, str]:
    """Where the fields of the article come from."""
    origins = {field: origin for field, origin in _ORIGINS.items() if getattr(article, field)}
    return origins if front.journal is None else {**origins, "journal": "journal-meta"}


def _front(article: Element) -> Front:
    """The main front. In a sub-article it is called `front-stub`, and some providers send only a sub-article."""
    holder = child(article, "front", "front-stub")
    if holder is None:
        holder = article
    meta = child(holder, "article-meta")
    if meta is None and child(holder, "title-group", "article-id") is not None:
        meta = holder
    return Front(child(holder, "journal-meta"), meta, grouped(meta))


def _doi(groups: Grouped, notes: Notes) -> str | None:
    """The article's DOI; `None` if there are two different DOIs."""
    dois: dict[str, str] = {}
    for element in groups.get("article-id", ()):
        value = plain_text(element)
        if value is None:
            continue
        kind = attribute(element, "pub-id-type")
        if (kind == "doi" and _is_version(element)) or (not kind and find_dois(value)):
            notes.report("doi-candidate-only", "doi", value)
        elif kind == "doi":
            if (doi := clean_doi(value)) is None:
                notes.report("doi-invalid", "doi", value)
            else:
                dois.setdefault(fold_doi(doi), doi)
    if len(dois) > 1:
        notes.report("doi-ambiguous", "doi", " ".join(dois.values()))
        return None
    return next(iter(dois.values()), None)


def _is_version(element: Element) -> bool:
    """Whether the DOI belongs to a single version of the article (eLife)."""
    return attribute(element, "specific-use") == "version"


def _identifiers(groups: Grouped, notes: Notes) -> tuple[str, ...]:
    """The publisher's own numbers for the article."""
    elements = groups.get("article-id", ())
    numbers = (plain_text(element) for element in elements if attribute(element, "pub-id-type") not in _FOREIGN_NUMBERS)
    return tuple(
        dict.fromkeys(real for number in numbers if (real := unless_placeholder(number, "identifiers", notes)))
    )


def _versions(
    article: Element, front: Front, language: str | None, notes: Notes
) -> tuple[list[LanguageVersion], list[Relation]]:
    """The article and the translations inside it, and the relations to sub-articles that have their own DOI."""
    versions, related = [LanguageVersion(front.groups, language)], []
    for part in children(article, "sub-article", "response"):
        kind = attribute(part, "article-type", "response-type")
        inner = _front(part)
        doi = _own_doi(inner.groups, front.groups)
        if doi is None and kind == "translation":
            versions.append(LanguageVersion(inner.groups, language_of(part, "titles", notes), is_translation=True))
        elif doi is not None and (relation := relations.to_sub_article(kind, doi)) is not None:
            related.append(relation)
        elif doi is not None:
            notes.report("relation-unmapped", "relations", doi, type=kind or local(part))
    return versions, related


def _own_doi(inner: Grouped, outer: Grouped) -> str | None:
    """The DOI of a translation, if it differs from the DOI of the article that contains it."""
    quiet = Notes()
    doi, main = _doi(inner, quiet), _doi(outer, quiet)
    return doi if doi is not None and (main is None or fold_doi(doi) != fold_doi(main)) else None


def _report_entities(article: Element, front: Front, notes: Notes) -> None:
    """Reports unknown entity names in the parts of the article that are read."""
    parts = [part for part in (front.journal, front.meta) if part is not None]
    parts += [ref_list for back in children(article, "back") for ref_list in descendants(back, "ref-list")]
    seen: set[str] = set()
    for part in parts:
        report_unresolved(part, seen, notes)
