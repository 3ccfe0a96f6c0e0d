"""Journal, ISSN, volume, issue and pages, from dc:source or from Janeway's own elements (mapping D3, D4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from msgspec import Struct, structs

from harvester.formats.citation import Labels, ParsedCitation, parse_ojs
from harvester.formats.citation_profiles import PROFILES, Parser, RecordContext
from harvester.formats.dates import FIRST_YEAR, LAST_YEAR
from harvester.formats.issns import Medium, configured_media, with_media
from harvester.formats.notes import Notes
from harvester.formats.numbering import Numbering, settled
from harvester.formats.oai_dc.fields import Fields, language_first
from harvester.formats.oai_dc.texts import plain_line
from harvester.formats.pages import Pages, parse_pages
from harvester.formats.placeholders import unless_field_name
from harvester.identifiers import clean_doi, is_empty_issn, looks_like_issn, typed_issn
from harvester.journals import assigned_issn, titles_of
from harvester.model import Hints, Issn, Journal, JournalFacts, LangText
from harvester.text import fold

_ISSN_LABELLED = re.compile(
    r"(?:https?://\S*issn|urn:issn:|info:eu-repo/semantics/altIdentifier/issn/|[ep]?-?issn\b)", re.IGNORECASE
)
_ALT_ISSN = "info:eu-repo/semantics/altIdentifier/issn/"
_BARE_ISSN = re.compile(r"\d{4}[-\u2010-\u2015\u2212]\d{3}[\dXx\u0425\u0445]")
_YEARS = re.compile(r"(1[5-9]\d\d|20\d\d)\D(1[5-9]\d\d|20\d\d)")
_NOT_A_CITATION = re.compile(r"https?://|urn:|isbn\b|info:", re.IGNORECASE)  # other values of dc:source

# Janeway's own elements for parts that others write in a citation.
_OWN = {"volume": "dc:volume", "issue": "dc:issue", "first_page": "dc:format.extent"}
# The parts of a citation that must agree if there are several citations, by field of the article.
_PARTS = {
    "volume": "volume",
    "issue": "issue",
    "issue_year": "year",
    "first_page": "pages",
    "elocation_id": "elocation_id",
}


Parse = Callable[[str], ParsedCitation | None]


class Place(Struct, frozen=True, kw_only=True):
    """Where the article was published."""

    journal: Journal = Journal()
    volume: str | None = None
    issue: str | None = None
    issue_title: str | None = None
    issue_year: int | None = None
    pages: Pages | None = None
    elocation_id: str | None = None


def place(
    fields: Fields,
    language: str | None,
    titles: tuple[str, ...],
    hints: Hints,
    notes: Notes,
    sets: tuple[str, ...] = (),
) -> Place:
    """The journal and the article's place in it. If citations disagree on a part, that part is left out.

    `titles` are those of the article, `sets` those of the record.
    """
    issns = _issns(fields, hints, notes)
    citations = _citations(fields, titles, issns, sets, hints, notes)
    citations.sort(key=lambda each: language is not None and each[0] != language)
    found = [citation for _, citation in citations]
    extra = _own_elements(fields, notes)
    if extra:
        found.append(extra)
    names = [
        LangText((name,), lang)
        for lang, each in citations
        if (name := unless_field_name(each.journal, "journal.titles", notes))
    ]
    publisher = unless_field_name(_publisher(fields, language), "journal.publisher", notes)
    elements = _Elements(_element(hints), {} if citations else _OWN)
    agreed = _agreed(found, _PARTS if publisher else {"publisher": "publisher", **_PARTS}, elements, notes)
    return Place(
        journal=Journal(
            titles=_journal_titles(names, extra, language),
            issns=_with_cited(issns, found),
            publisher=publisher or agreed.publisher,
        ),
        volume=agreed.volume,
        issue=agreed.issue,
        issue_title=next((each.issue_title for each in found if each.issue_title), None),
        issue_year=agreed.year,
        pages=agreed.pages,
        elocation_id=agreed.elocation_id,
    )


# ------------------------------------------------------------------------------------------- citations


def _citations(
    fields: Fields,
    titles: tuple[str, ...],
    issns: tuple[Issn, ...],
    sets: tuple[str, ...],
    hints: Hints,
    notes: Notes,
) -> list[tuple[str | None, ParsedCitation]]:
    """The citations of the record with their languages, parsed with the citation profile of the source."""
    profile = PROFILES.get(hints.citation_profile)
    sources = fields.all("source")
    if profile:
        context = RecordContext(titles, tuple(fold(value.text) for value in sources))
        values, parse = fields.all(profile.element), _bound(profile.parse, context)
    elif hints.citation_profile == "ojs":
        values, parse = sources, _ojs_parser(issns, sets, hints)
    else:
        return []
    candidates = [value for value in values if _may_be_citation(value.text, profile is not None)]
    parsed = [(value, parse(value.text)) for value in candidates]
    citations = [
        (value.lang, _settled(_with_valid_year(citation, notes), notes)) for value, citation in parsed if citation
    ]
    for value, citation in parsed:
        if citation is None and (profile is None or not citations):
            notes.report("citation-unparsed", "volume", fold(value.text))
        if citation and citation.unread_pages:
            notes.report("pages-unparsed", "first_page", citation.unread_pages)
    return citations


def _with_valid_year(citation: ParsedCitation, notes: Notes) -> ParsedCitation:
    """The citation, without its year if the year is impossible."""
    if citation.year is None or FIRST_YEAR <= citation.year <= LAST_YEAR:
        return citation
    notes.report("date-invalid", "issue_year", f"{citation.year:04}")
    return structs.replace(citation, year=None)


def _settled(citation: ParsedCitation, notes: Notes) -> ParsedCitation:
    """The citation without placeholders, and without words and zeros for an article that is in no issue yet."""
    pages = citation.pages or Pages("")
    written = Numbering(
        volume=citation.volume,
        issue=citation.issue,
        issue_title=citation.issue_title,
        first_page=pages.first or None,
        last_page=pages.last,
        elocation_id=citation.elocation_id,
    )
    real = settled(written, notes)
    if real == written:
        return citation
    return structs.replace(
        citation,
        volume=real.volume,
        issue=real.issue,
        issue_title=real.issue_title,
        pages=citation.pages if real.first_page else None,
        elocation_id=real.elocation_id,
    )


def _element(hints: Hints) -> str:
    profile = PROFILES.get(hints.citation_profile)
    return f"dc:{profile.element}" if profile else "dc:source"


def _bound(parse: Parser, context: RecordContext) -> Parse:
    return lambda raw: parse(raw, context)


def _ojs_parser(issns: tuple[Issn, ...], sets: tuple[str, ...], hints: Hints) -> Parse:
    """The parser of citations, with the titles and labels of the journal if the configuration has it.

    The journal of a record without an ISSN may be the one whose title is at the start of the citation.
    """
    known = [hints.journals[issn.value] for issn in issns if issn.value in hints.journals]
    if not issns and (assigned := assigned_issn(sets, hints)):
        known = [hints.journals[assigned]]
    if issns or known:
        return partial(_parse_ojs_line, known)
    return partial(_parse_by_title, tuple(hints.journals.values()))


def _parse_by_title(journals: Iterable[JournalFacts], raw: str) -> ParsedCitation | None:
    line = _citation_line(raw)
    named = [
        facts for facts in journals if any(line == title or line.startswith(f"{title};") for title in titles_of(facts))
    ]
    return _parse_ojs_line(named, raw)


def _parse_ojs_line(journals: Iterable[JournalFacts], raw: str) -> ParsedCitation | None:
    titles = tuple(dict.fromkeys(title for facts in journals for title in titles_of(facts)))
    if fold(raw) in titles:
        return ParsedCitation(journal=fold(raw))
    labels = Labels(
        tuple(label for facts in journals for label in facts.volume_labels),
        tuple(label for facts in journals for label in facts.issue_labels),
    )
    return parse_ojs(_citation_line(raw), titles, labels)


def _citation_line(raw: str) -> str:
    """The citation without markup. Plain text keeps its spaces: an unlabelled citation is recognised by them."""
    return plain_line(raw) if "<" in raw or "&" in raw else raw.replace("\n", " ")


def _may_be_citation(value: str, has_profile: bool) -> bool:
    if _NOT_A_CITATION.match(value) or clean_doi(value) or _BARE_ISSN.fullmatch(value) or _is_labelled_issn(value):
        return False
    return " " in value if has_profile else True


def _own_elements(fields: Fields, notes: Notes) -> ParsedCitation | None:
    """Janeway's dc:volume, dc:issue, dc:journalTitle and dc:format.extent, which do not exist in Dublin Core."""
    if not any(map(fields.all, ("journalTitle", "volume", "issue", "format.extent"))):
        return None
    extent = fields.first("format.extent")
    pages = parse_pages(extent) if extent else None
    if extent and not pages:
        notes.report("pages-unparsed", "first_page", extent)
    citation = ParsedCitation(
        journal=plain_line(fields.first("journalTitle") or "") or None,
        volume=fields.first("volume"),
        issue=fields.first("issue"),
        pages=pages,
    )
    citation = _settled(citation, notes)
    return citation if citation != ParsedCitation() else None


class _Elements(NamedTuple):
    """The elements that contain the parts of a citation, for their provenance. `own` are Janeway's own elements."""

    usual: str
    own: Mapping[str, str]


def _agreed(
    citations: list[ParsedCitation], parts: Mapping[str, str], elements: _Elements, notes: Notes
) -> ParsedCitation:
    """The parts on which all citations that have them agree. `parts` maps fields of the article to parts."""
    agreed: dict[str, Any] = {}
    for path, name in parts.items():
        values = [value for citation in citations if (value := getattr(citation, name)) is not None]
        if len(values) > 1:
            values = list(dict.fromkeys(values))
        if len(values) > 1:
            notes.report("citation-conflict", path, " / ".join(map(_displayed, values)), part=path.replace("_", " "))
        elif values:
            notes.provenance[path] = elements.own.get(path, elements.usual)
            agreed[name] = values[0]
    return ParsedCitation(**agreed)


def _displayed(value: object) -> str:
    return "-".join(filter(None, (value.first, value.last))) if isinstance(value, Pages) else str(value)


# --------------------------------------------------------------------------------------------- journal


def _journal_titles(titles: list[LangText], extra: ParsedCitation | None, language: str | None) -> tuple[LangText, ...]:
    """The distinct titles of the journal, the article's language first."""
    if extra and extra.journal and not titles:
        titles = [LangText((extra.journal,))]
    distinct: dict[object, LangText] = {}
    for title in sorted(titles, key=lambda title: language is not None and title.lang != language):
        distinct.setdefault(title.text, title)
    return tuple(distinct.values())


def _publisher(fields: Fields, language: str | None) -> str | None:
    values = language_first(fields.all("publisher"), language)
    return next((name for value in values if (name := plain_line(value.text))), None)


def _issns(fields: Fields, hints: Hints, notes: Notes) -> tuple[Issn, ...]:
    """The journal's ISSNs in order. The medium comes from the configuration or a label only."""
    media: dict[str, list[Medium]] = {}
    for raw in _issn_values(fields):
        value, medium = typed_issn(raw)
        if value is None:
            if is_empty_issn(raw):
                notes.report("placeholder-value", "journal.issns", raw)
            elif looks_like_issn(raw):
                notes.report("issn-invalid", "journal.issns", raw)
            continue
        if _is_range_of_years(raw) and value not in hints.journals:
            continue
        known = media.setdefault(value, [])
        if medium and medium not in known:
            known.append(medium)
    return with_media({value: configured_media(value, hints.journals) or known for value, known in media.items()})


def _issn_values(fields: Fields) -> Iterable[str]:
    for value in (*fields.texts("source"), *fields.texts("identifier")):
        if _BARE_ISSN.fullmatch(value) or _is_labelled_issn(value):
            yield value
    for value in fields.texts("relation"):
        if _is_labelled_issn(value):
            yield value.removeprefix(_ALT_ISSN)


def _is_labelled_issn(value: str) -> bool:
    return ("issn" in value.lower() or not value.isascii()) and _ISSN_LABELLED.match(value) is not None


def _is_range_of_years(value: str) -> bool:
    """`1940-1949` looks like an ISSN, and its check digit happens to be correct."""
    match = _YEARS.fullmatch(value)
    return match is not None and match[1] < match[2]


def _with_cited(issns: tuple[Issn, ...], citations: list[ParsedCitation]) -> tuple[Issn, ...]:
    if issns:
        return issns
    return tuple(Issn(value) for value in dict.fromkeys(citation.issn for citation in citations) if value)
