"""Journal, ISSN, volume, issue, pages: from dc:source, or from elements that Janeway adds (mapping D3, D4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, structs

from harvester.formats.citation import Labels, ParsedCitation, parse_ojs
from harvester.formats.citation_profiles import PROFILES, Parser, RecordContext
from harvester.formats.dates import FIRST_YEAR, LAST_YEAR
from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields, language_first
from harvester.formats.oai_dc.texts import words
from harvester.formats.pages import Pages, parse_pages
from harvester.formats.steps import Steps
from harvester.identifiers import clean_doi, issn_shape, typed_issn
from harvester.model import Hints, Issn, Journal, LangText
from harvester.text import fold

_ISSN_LABELLED = re.compile(
    r"(?:https?://\S*issn|urn:issn:|info:eu-repo/semantics/altIdentifier/issn/|[ep]?-?issn\b)", re.IGNORECASE
)
_ALT_ISSN = "info:eu-repo/semantics/altIdentifier/issn/"
_BARE_ISSN = re.compile(r"\d{4}[-\u2010-\u2015\u2212]\d{3}[\dXx\u0425\u0445]")
_YEARS = re.compile(r"(1[5-9]\d\d|20\d\d)\D(1[5-9]\d\d|20\d\d)")
_OTHER = re.compile(r"https?://|urn:|isbn\b|info:", re.IGNORECASE)  # what stands in dc:source and is no citation

# Where Janeway has what others have in a citation.
_OWN = {"volume": "dc:volume", "issue": "dc:issue", "first_page": "dc:format.extent"}
# The parts of a citation on which several must agree, by field of the article.
_PARTS = {
    "volume": "volume",
    "issue": "issue",
    "issue_year": "year",
    "first_page": "pages",
    "elocation_id": "elocation_id",
}


class Place(Struct, frozen=True, kw_only=True):
    """Where the article was published."""

    journal: Journal = Journal()
    volume: str | None = None
    issue: str | None = None
    issue_title: str | None = None
    issue_year: int | None = None
    pages: Pages | None = None
    elocation_id: str | None = None


def place(fields: Fields, language: str | None, titles: tuple[str, ...], hints: Hints, notes: Notes) -> Steps[Place]:
    """The journal and the article's place in it. Two citations that disagree on a part leave that part out."""
    issns = _issns(fields, hints, notes)
    yield
    citations = _citations(fields, titles, issns, hints, notes)
    yield
    citations.sort(key=lambda each: language is not None and each[0] != language)
    found = [citation for _, citation in citations]
    extra = _own_elements(fields, notes)
    if extra:
        found.append(extra)
    names = [LangText((each.journal,), lang) for lang, each in citations if each.journal]
    publisher = _publisher(fields, language)
    elements = _Elements(_element(hints), {} if citations else _OWN)
    agreed = _agreed(found, _PARTS if publisher else {"publisher": "publisher", **_PARTS}, elements, notes)
    yield
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
    hints: Hints,
    notes: Notes,
) -> list[tuple[str | None, ParsedCitation]]:
    """Every citation of the record with its language, as the source's profile reads them."""
    profile = PROFILES.get(hints.citation_profile)
    sources = fields.all("source")
    if profile:
        context = RecordContext(titles, tuple(fold(value.text) for value in sources))
        values, parse = fields.all(profile.element), _bound(profile.parse, context)
    elif hints.citation_profile == "ojs":
        values, parse = sources, _ojs_parser(issns, hints)
    else:
        return []
    candidates = [value for value in values if _may_be_citation(value.text, profile is not None)]
    read = [(value, parse(value.text)) for value in candidates]
    found = [(value.lang, _dated(citation, notes)) for value, citation in read if citation]
    for value, citation in read:
        if citation is None and (profile is None or not found):
            notes.report("citation-unparsed", "volume", fold(value.text))
        if citation and citation.unread_pages:
            notes.report("pages-unparsed", "first_page", citation.unread_pages)
    return found


def _dated(citation: ParsedCitation, notes: Notes) -> ParsedCitation:
    """The citation without a year that is none."""
    if citation.year is None or FIRST_YEAR <= citation.year <= LAST_YEAR:
        return citation
    notes.report("date-invalid", "issue_year", f"{citation.year:04}")
    return structs.replace(citation, year=None)


def _element(hints: Hints) -> str:
    profile = PROFILES.get(hints.citation_profile)
    return f"dc:{profile.element}" if profile else "dc:source"


def _bound(parse: Parser, context: RecordContext) -> Callable[[str], ParsedCitation | None]:
    return lambda raw: parse(raw, context)


def _ojs_parser(issns: tuple[Issn, ...], hints: Hints) -> Callable[[str], ParsedCitation | None]:
    facts = [hints.journals[issn.value] for issn in issns if issn.value in hints.journals]
    if not facts:
        return _parsed
    titles = tuple(dict.fromkeys(each.title for each in facts if each.title))
    labels = Labels(
        tuple(label for each in facts for label in each.volume_labels),
        tuple(label for each in facts for label in each.issue_labels),
    )
    return lambda raw: parse_ojs(words_in_line(raw), titles, labels)


def _parsed(raw: str) -> ParsedCitation | None:
    return parse_ojs(words_in_line(raw))


def words_in_line(raw: str) -> str:
    """The citation without markup; its blanks stay, since an untranslated OJS shows in nothing else."""
    return words(raw) if "<" in raw or "&" in raw else raw.replace("\n", " ")


def _may_be_citation(value: str, has_profile: bool) -> bool:
    if _OTHER.match(value) or clean_doi(value) or _BARE_ISSN.fullmatch(value) or _names_issn(value):
        return False
    return " " in value if has_profile else True


def _own_elements(fields: Fields, notes: Notes) -> ParsedCitation | None:
    """Janeway's dc:volume, dc:issue, dc:journalTitle and dc:format.extent, which Dublin Core does not have."""
    if not any(map(fields.all, ("journalTitle", "volume", "issue", "format.extent"))):
        return None
    extent = fields.first("format.extent")
    pages = parse_pages(extent) if extent else None
    if extent and not pages:
        notes.report("pages-unparsed", "first_page", extent)
    own = ParsedCitation(
        journal=words(fields.first("journalTitle") or "") or None,
        volume=fields.first("volume"),
        issue=fields.first("issue"),
        pages=pages,
    )
    return own if own != ParsedCitation() else None


class _Elements(NamedTuple):
    """Where a part of the citation stands, for its provenance: Janeway has elements of its own for some."""

    usual: str
    own: Mapping[str, str]


def _agreed(
    citations: list[ParsedCitation], parts: Mapping[str, str], elements: _Elements, notes: Notes
) -> ParsedCitation:
    """What all citations that say anything of a part say of it; `parts` are their names by field of the article."""
    agreed: dict[str, Any] = {}
    for path, name in parts.items():
        said = [value for each in citations if (value := getattr(each, name)) is not None]
        if len(said) > 1:
            said = list(dict.fromkeys(said))
        if len(said) > 1:
            notes.report("citation-conflict", path, " / ".join(map(_shown, said)), part=path.replace("_", " "))
        elif said:
            notes.provenance[path] = elements.own.get(path, elements.usual)
            agreed[name] = said[0]
    return ParsedCitation(**agreed)


def _shown(value: object) -> str:
    return "-".join(filter(None, (value.first, value.last))) if isinstance(value, Pages) else str(value)


# --------------------------------------------------------------------------------------------- journal


def _journal_titles(names: list[LangText], extra: ParsedCitation | None, language: str | None) -> tuple[LangText, ...]:
    """The journal's names, the article's language first, each once."""
    if extra and extra.journal and not names:
        names = [LangText((extra.journal,))]
    distinct: dict[object, LangText] = {}
    for name in sorted(names, key=lambda each: language is not None and each.lang != language):
        distinct.setdefault(name.text, name)
    return tuple(distinct.values())


def _publisher(fields: Fields, language: str | None) -> str | None:
    values = language_first(fields.all("publisher"), language)
    return next((name for value in values if (name := words(value.text))), None)


def _issns(fields: Fields, hints: Hints, notes: Notes) -> tuple[Issn, ...]:
    """The journal's ISSNs in order. Which edition each is for, only a label says, or the configuration."""
    found: dict[str, Issn] = {}
    for raw in _issn_values(fields):
        value, medium = typed_issn(raw)
        if value is None:
            if issn_shape(raw):
                notes.report("issn-invalid", "journal.issns", raw)
            continue
        if _is_range_of_years(raw) and value not in hints.journals:
            continue
        facts = hints.journals.get(value)
        if facts and value in (facts.issn_print, facts.issn_electronic):
            medium = "print" if value == facts.issn_print else "electronic"
        found.setdefault(value, Issn(value, medium))
    return tuple(found.values())


def _issn_values(fields: Fields) -> Iterable[str]:
    for value in (*fields.texts("source"), *fields.texts("identifier")):
        if _BARE_ISSN.fullmatch(value) or _names_issn(value):
            yield value
    for value in fields.texts("relation"):
        if _names_issn(value):
            yield value.removeprefix(_ALT_ISSN)


def _names_issn(value: str) -> bool:
    return ("issn" in value.lower() or not value.isascii()) and _ISSN_LABELLED.match(value) is not None


def _is_range_of_years(value: str) -> bool:
    """`1940-1949` has the shape of an ISSN, and by chance its check digit."""
    match = _YEARS.fullmatch(value)
    return match is not None and match[1] < match[2]


def _with_cited(issns: tuple[Issn, ...], citations: list[ParsedCitation]) -> tuple[Issn, ...]:
    if issns:
        return issns
    return tuple(Issn(value) for value in dict.fromkeys(each.issn for each in citations) if value)
