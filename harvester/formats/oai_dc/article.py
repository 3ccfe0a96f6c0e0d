"""Overview of a Dublin Core record: what is read, from where, and in which order."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree
from msgspec.structs import replace

from harvester.formats.dates import parse_iso
from harvester.formats.languages import normalise
from harvester.formats.licenses import licenses_of_article
from harvester.formats.notes import Notes
from harvester.formats.oai_dc import links, people, texts
from harvester.formats.oai_dc.fields import Fields
from harvester.formats.oai_dc.source import place
from harvester.formats.reader import Reader
from harvester.genres import kind_of_other_work
from harvester.model import Article, Hints, License, PubDate, RawRecord
from harvester.text import fold, plain

_EXCERPT_LENGTH = 120  # characters of a rights statement in a finding
_SEMANTICS = "info:eu-repo/semantics/"
# Types that say only that this is an article, or which version it is.
_UNSPECIFIC_TYPE = re.compile(r"article|text|\w*version|openaccess|text\.\w*|", re.IGNORECASE)


class DublinCoreRecord(NamedTuple):
    """A `<dc>` element with what its stages need."""

    fields: Fields
    identifier: str  # of the OAI-PMH record
    sets: tuple[str, ...]
    hints: Hints
    notes: Notes


def _opened(element: etree._Element, record: RawRecord, hints: Hints, notes: Notes) -> DublinCoreRecord:
    return DublinCoreRecord(Fields(element, notes), record.identifier, (*record.sets, *record.listed_in), hints, notes)


def _titles(record: DublinCoreRecord, article: Article) -> Article:
    fields, notes = record.fields, record.notes
    language = _language(fields, notes)
    return replace(article, type=_type(fields), language=language, titles=texts.titles(fields, language, notes))


def _place(record: DublinCoreRecord, article: Article) -> Article:
    titles = tuple(plain(title.text) for title in article.titles)
    where = place(record.fields, article.language, titles, record.hints, record.notes, record.sets)
    pages = where.pages
    return replace(
        article,
        journal=where.journal,
        volume=where.volume,
        issue=where.issue,
        issue_title=where.issue_title,
        issue_year=where.issue_year,
        first_page=pages.first if pages else None,
        last_page=pages.last if pages else None,
        other_pages=pages.other if pages else None,
        elocation_id=where.elocation_id,
        doi=links.doi(record.fields, record.identifier, record.notes),
        landing_page=links.landing_page(record.fields, record.hints, record.notes),
    )


def _abstracts(record: DublinCoreRecord, article: Article) -> Article:
    profile = record.hints.citation_profile
    return replace(article, abstracts=texts.abstracts(record.fields, article.language, profile, record.notes))


def _contributors(record: DublinCoreRecord, article: Article) -> Article:
    contributors = people.contributors(record.fields, article.language, record.hints, record.notes)
    return replace(article, contributors=contributors)


def _rest(record: DublinCoreRecord, article: Article) -> Article:
    fields, notes = record.fields, record.notes
    return replace(
        article,
        dates=_dates(fields, record.hints, notes),
        keywords=texts.keywords(fields, notes),
        licenses=_licenses(fields, notes),
        files=links.files(fields),
    )


READER = Reader("oai_dc", _opened, (_titles, _place, _abstracts, _contributors, _rest))


def _language(fields: Fields, notes: Notes) -> str | None:
    """The article's language if dc:language names exactly one; else `None` (mapping D7)."""
    codes: dict[str, None] = {}
    for tag in dict.fromkeys(fields.texts("language")):
        if code := normalise(tag):
            codes.setdefault(code)
        else:
            notes.report("language-unknown", "language", tag)
    if len(codes) > 1:
        notes.report("languages-several", "language", ", ".join(codes))
    if len(codes) != 1:
        return None
    notes.provenance["language"] = "dc:language"
    return next(iter(codes))


def _type(fields: Fields) -> str | None:
    """The first dc:type that names another work, else the first that says more than "article" (mapping D10)."""
    values = [fold(value.removeprefix(_SEMANTICS)) for value in fields.texts("type")]
    specific = [value for value in values if not _UNSPECIFIC_TYPE.fullmatch(value)]
    return next(filter(kind_of_other_work, specific), next(iter(specific), None))


def _dates(fields: Fields, hints: Hints, notes: Notes) -> tuple[PubDate, ...]:
    """The publication date if the record has exactly one. Of DSpace's three dates, the last is used (mapping D5)."""
    values = fields.texts("date")
    parsed = [(value, parse_iso(value)) for value in values]
    for value in dict.fromkeys(value for value, date in parsed if date is None):
        notes.report("date-invalid", "dates", value)
    if hints.date_profile == "dspace":
        parsed = parsed[-1:]
    distinct = dict.fromkeys(date for _, date in parsed if date)
    if len(distinct) > 1:
        notes.report("date-ambiguous", "dates", ", ".join(dict.fromkeys(value for value, date in parsed if date)))
        return ()
    if distinct:
        notes.provenance["dates"] = "dc:date"
    return tuple(distinct)


def _licenses(fields: Fields, notes: Notes) -> tuple[License, ...]:
    """The licence whose URL is in dc:rights. Other rights statements are reported and left out (mapping D9)."""
    values = fields.texts("rights")
    urls = list(dict.fromkeys(url for value in values for url in licenses_of_article(value)))
    if len(urls) > 1:
        notes.report("license-conflict", "licenses", ", ".join(urls))
        return ()
    if not urls:
        if values:
            notes.report("license-unclear", "licenses", fold(values[0])[:_EXCERPT_LENGTH])
        return ()
    notes.provenance["licenses"] = "dc:rights"
    return (License(url=urls[0]),)
