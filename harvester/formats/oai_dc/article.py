"""A Dublin Core record on one page: what is read, from where, in which order."""

from __future__ import annotations

import re

from lxml import etree

from harvester.formats.dates import parse_iso
from harvester.formats.languages import normalise
from harvester.formats.licenses import find_licenses
from harvester.formats.notes import Notes
from harvester.formats.oai_dc import links, people, texts
from harvester.formats.oai_dc.fields import Fields
from harvester.formats.oai_dc.source import place
from harvester.formats.steps import Steps
from harvester.model import Article, Hints, License, PubDate, RawRecord, Reading
from harvester.text import fold, plain

_SHOWN = 120  # characters of a statement in a finding
_SEMANTICS = "info:eu-repo/semantics/"
# What says no more than that this is an article, or in which version it is.
_TELLS_NOTHING = re.compile(r"article|text|\w*version|openaccess|text\.\w*|", re.IGNORECASE)


def reading(metadata: etree._Element, record: RawRecord, hints: Hints) -> Steps[Reading]:
    """The article of a `<dc>` element and every doubt about it. Takes any element and raises nothing."""
    notes = Notes()
    fields = Fields(metadata, notes)
    yield
    language = _language(fields, notes)
    titles = texts.titles(fields, language, notes)
    yield
    where = yield from place(fields, language, tuple(plain(title.text) for title in titles), hints, notes)
    doi = links.doi(fields, record.identifier, notes)
    landing_page = links.landing_page(fields, hints, notes)
    yield
    abstracts = texts.abstracts(fields, language, hints.citation_profile, notes)
    yield
    contributors = people.contributors(fields, language, hints, notes)
    yield
    dates = _dates(fields, hints, notes)
    keywords = texts.keywords(fields, notes)
    yield
    licenses = _licenses(fields, notes)
    files = links.files(fields)
    yield
    pages = where.pages
    article = Article(
        format="oai_dc",
        doi=doi,
        landing_page=landing_page,
        type=_type(fields),
        language=language,
        titles=titles,
        abstracts=abstracts,
        contributors=contributors,
        journal=where.journal,
        volume=where.volume,
        issue=where.issue,
        issue_title=where.issue_title,
        issue_year=where.issue_year,
        dates=dates,
        first_page=pages.first if pages else None,
        last_page=pages.last if pages else None,
        other_pages=pages.other if pages else None,
        elocation_id=where.elocation_id,
        keywords=keywords,
        licenses=licenses,
        files=files,
        provenance=notes.provenance,
    )
    return Reading(article, tuple(notes.findings))


def _language(fields: Fields, notes: Notes) -> str | None:
    """The article's language, where dc:language names exactly one (mapping D7)."""
    known: dict[str, None] = {}
    for tag in dict.fromkeys(fields.texts("language")):
        if code := normalise(tag):
            known.setdefault(code)
        else:
            notes.report("language-unknown", "language", tag)
    if len(known) != 1:
        return None
    notes.provenance["language"] = "dc:language"
    return next(iter(known))


def _type(fields: Fields) -> str | None:
    """The first dc:type that says more than that this is an article (mapping D10)."""
    values = [value.removeprefix(_SEMANTICS) for value in fields.texts("type")]
    return next((fold(value) for value in values if not _TELLS_NOTHING.fullmatch(value)), None)


def _dates(fields: Fields, hints: Hints, notes: Notes) -> tuple[PubDate, ...]:
    """The publication date, if the record has exactly one; of DSpace's three the last counts (mapping D5)."""
    values = fields.texts("date")
    read = [(value, parse_iso(value)) for value in values]
    for value in dict.fromkeys(value for value, date in read if date is None):
        notes.report("date-invalid", "dates", value)
    if hints.date_profile == "dspace":
        read = read[-1:]
    distinct = dict.fromkeys(date for _, date in read if date)
    if len(distinct) > 1:
        notes.report("date-ambiguous", "dates", ", ".join(dict.fromkeys(value for value, date in read if date)))
        return ()
    if distinct:
        notes.provenance["dates"] = "dc:date"
    return tuple(distinct)


def _licenses(fields: Fields, notes: Notes) -> tuple[License, ...]:
    """The licence whose address is in dc:rights; other statements of rights are reported and left out (mapping D9)."""
    values = fields.texts("rights")
    found = list(dict.fromkeys(url for value in values for url in find_licenses(value)))
    if len(found) > 1:
        notes.report("license-conflict", "licenses", ", ".join(found))
        return ()
    if not found:
        if values:
            notes.report("license-unclear", "licenses", fold(values[0])[:_SHOWN])
        return ()
    notes.provenance["licenses"] = "dc:rights"
    return (License(url=found[0]),)
