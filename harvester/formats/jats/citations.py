"""The parts of a structured citation for Crossref's citation fields. Uncertain parts stay text (mapping J10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.roles import AUTHOR_GROUPS
from harvester.formats.jats.tree import (
    Element,
    Grouped,
    attribute,
    child,
    children,
    descendants,
    grouped,
    href,
    is_inside,
)
from harvester.formats.notes import Notes
from harvester.formats.placeholders import is_placeholder
from harvester.identifiers import cited_doi, clean_issn, find_dois, fold_doi
from harvester.xmltools import local

# publication-type as publishers, CSL, BibTeX and Crossref write it, by the type in Crossref's schema since 5.4.0.
_NAMES_OF_TYPES = {
    "journal_article": "journal journal-article article-journal",
    "book": "book monograph edited-book reference-book booklet",
    "book_chapter": "chapter book-chapter book-section book-part incollection inbook "
    "reference-entry entry-dictionary entry-encyclopedia",
    "conference_paper": "confproc conf-proc conference conference-paper proc paper-conference inproceedings "
    "proceedings-article",
    "conference_proceedings": "proceedings conference-proceedings",
    "dissertation": "thesis dissertation phdthesis mastersthesis",
    "report": "report techreport report-component",
    "patent": "patent",
    "dataset": "data dataset",
    "software": "software computer-program",
    "preprint": "preprint posted-content",
    "peer_review": "peer-review",
    "protocol": "protocol",
    "standard": "standard",
    "blog_post": "post-weblog blog-post",
    "web_resource": "web website webpage web-page online",
}
_TITLES_AND_NUMBERS = frozenset(
    {"article_title", "journal_title", "volume_title", "series_title", "volume", "issue", "first_page", "elocation_id"}
)
_TYPES = {name: kind for kind, names in _NAMES_OF_TYPES.items() for name in names.split()}
# With these, the parts show whether the work is in a journal. In CSL, an `article` is a preprint; in BibTeX, it is not.
_MAYBE_IN_JOURNALS = frozenset(
    {"", "other", "misc", "unknown", "undeclared", "article", "document", "generic"}
    | {"periodical", "magazine", "article-magazine", "newspaper", "article-newspaper"}
)
_VOLUME_TYPES = frozenset(
    {"book", "book_chapter", "conference_paper", "conference_proceedings", "dissertation", "report", "standard"}
)
OWN_TITLES = ("article-title", "chapter-title", "data-title", "part-title")
_SOURCES = ("source", "source-title")
_SERIES = ("series", "series-title")
_NUMBERING = ("volume", "issue", "fpage", "page-range", "elocation-id", "edition")
_PLAIN_PARTS = frozenset((*OWN_TITLES, *_SOURCES, *_SERIES, *_NUMBERING))
_NOT_IN_JOURNALS = ("publisher-name", "publisher-loc", "isbn", "chapter-title", "conf-name")
_PEOPLE = ("name", "string-name", "collab")
_YEAR = re.compile(r"\d{4}[a-z]?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_FIRST_PAGE = re.compile(r"[\w.]+")
_LINKS = ("ext-link", "uri")
_IDENTIFIER_ELEMENTS = ("pub-id", "object-id", "article-id", *_LINKS)
_REMARKS = frozenset({"comment", "annotation", "note", "related-object", "related-article"})
_DOI_HOST = re.compile(r"://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE | re.ASCII)


def citation_fields(citation: Element) -> dict[str, str]:
    """The fields of a `Reference` that are certain from the tags of the citation."""
    groups = grouped(citation)
    name = attribute(citation, "publication-type", "citation-type").replace("_", "-").replace(" ", "-")
    kind = _type(name, groups)
    if not groups:
        return {"type": kind} if kind else {}
    parts = _plain_parts(groups)
    values = {
        "type": kind,
        "author": _first_author(groups),
        "year": _year(groups),
        "volume": parts.get("volume"),
        "issue": parts.get("issue"),
        "first_page": parts.get("fpage") or _first_page(parts.get("page-range")),
        "elocation_id": parts.get("elocation-id"),
        "edition": _edition_number(parts.get("edition")),
        "series_title": _first(parts, _SERIES),
        "issn": _issn(groups),
        "isbn": _isbn(groups),
        **_titles(parts, kind, is_journal=name in _MAYBE_IN_JOURNALS and _is_journal(groups)),
    }
    return {
        field: value
        for field, value in values.items()
        if value and not (field in _TITLES_AND_NUMBERS and not value.isdigit() and is_placeholder(value))
    }


def _plain_parts(groups: Grouped) -> dict[str, str]:
    """The text of the parts that are used as written, by name; of several with one name, the first with text."""
    parts: dict[str, str] = {}
    for name in _PLAIN_PARTS.intersection(groups):
        for element in groups[name]:
            if value := plain_text(element):
                parts[name] = value
                break
    return parts


def _type(name: str, groups: Grouped) -> str | None:
    """The type; a work with a title of its own and that of a book or of proceedings is a part of these."""
    kind = _TYPES.get(name)
    is_part = "source" in groups and ("article-title" in groups or "part-title" in groups)
    if kind == "book" and ("chapter-title" in groups or is_part):
        return "book_chapter"
    return "conference_paper" if kind == "conference_proceedings" and is_part else kind


def _first(parts: dict[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        if name in parts:
            return parts[name]
    return None


def _titles(parts: dict[str, str], kind: str | None, *, is_journal: bool) -> dict[str, str | None]:
    """The titles of the work and of what contains it. A <source> of unknown kind is left in the text."""
    source, own = _first(parts, _SOURCES), _first(parts, OWN_TITLES)
    if kind == "journal_article" or (own and is_journal):
        return {"article_title": own, "journal_title": source}
    return {"article_title": own, "volume_title": source if kind in _VOLUME_TYPES else None}


def _is_journal(groups: Grouped) -> bool:
    """Whether a citation that does not name its type is an article in a journal."""
    return ("volume" in groups or "issue" in groups) and not any(name in groups for name in _NOT_IN_JOURNALS)


def _year(groups: Grouped) -> str | None:
    for element in _years(groups):
        if (value := plain_text(element)) and (year := _YEAR.fullmatch(value.strip("()[]., "))):
            return year[0]
    return None


def _years(groups: Grouped) -> Iterator[Element]:
    yield from groups.get("year", ())
    for date in groups.get("date", ()):
        yield from children(date, "year")


def _edition_number(edition: str | None) -> str | None:
    """The one number in `3rd ed.`: Crossref accepts only a number."""
    numbers = _DIGITS.findall(edition or "")
    return numbers[0] if len(numbers) == 1 else None


def _first_page(page_range: str | None) -> str | None:
    match = _FIRST_PAGE.match(page_range or "")
    return match[0] if match else None


def _first_author(groups: Grouped) -> str | None:
    """The first author's family name, or the group's name."""
    for person in _people(groups):
        surname = child(person, "surname")
        if name := plain_text(surname if surname is not None else person):
            return name.strip(" ,;.") or None
    return None


def _people(groups: Grouped) -> Iterator[Element]:
    for group in groups.get("person-group", ()):
        if attribute(group, "person-group-type") in AUTHOR_GROUPS:
            yield from children(group, *_PEOPLE)
    for name in _PEOPLE:
        for person in groups.get(name, ()):
            if attribute(person, "collab-type", "person-group-type") in AUTHOR_GROUPS:
                yield person


def _issn(groups: Grouped) -> str | None:
    return next((issn for element in groups.get("issn", ()) if (issn := clean_issn(plain_text(element) or ""))), None)


def _isbn(groups: Grouped) -> str | None:
    typed = [element for element in groups.get("pub-id", ()) if attribute(element, "pub-id-type") == "isbn"]
    for element in (*groups.get("isbn", ()), *typed):
        value = (plain_text(element) or "").removeprefix("ISBN").strip(" :")
        if _is_isbn(value.replace("-", "").replace(" ", "").upper()):
            return value
    return None


def _is_isbn(digits: str) -> bool:
    """Whether ten or thirteen digits have the right check digit (ISO 2108)."""
    if not digits.isascii() or not digits[:-1].isdigit():
        return False
    if len(digits) == 13 and digits.isdigit():
        return sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits)) % 10 == 0
    if len(digits) != 10 or digits[-1] not in "0123456789X":
        return False
    last = 10 if digits[-1] == "X" else int(digits[-1])
    return (sum(int(digit) * (10 - index) for index, digit in enumerate(digits[:-1])) + last) % 11 == 0


# ------------------------------------------------------------------------------------------------- DOI


def find_doi(citations: list[Element], line: str, path: str, notes: Notes) -> str | None:
    """The one DOI of a reference: tagged, else linked, else in its text. Several are reported, and none is used.

    A value that was rejected where a DOI belongs is not searched for one again: `10.5555/q 9` is not `10.5555/q`.
    """
    rejected: list[str] = []
    candidates = _dois_in_elements(citations, rejected, path, notes)
    if not candidates:
        parts = {fold_doi(doi) for value in rejected for doi in find_dois(value)}
        candidates = [doi for doi in find_dois(line) if fold_doi(doi) not in parts]
    if len(candidates) > 1 and len(set(map(fold_doi, candidates))) > 1:
        notes.report("reference-doi-ambiguous", path, " ".join(dict.fromkeys(candidates)))
        return None
    return candidates[0] if candidates else None


def _dois_in_elements(citations: list[Element], rejected: list[str], path: str, notes: Notes) -> list[str]:
    """The DOIs in elements: those tagged as DOIs, else those in links. A remark may be about another work: last.

    Adds what is not a DOI to `rejected`.
    """
    own: list[Element] = []
    in_remarks: list[Element] = []
    for citation in citations:
        for element in descendants(citation, *_IDENTIFIER_ELEMENTS):
            (in_remarks if is_inside(element, _REMARKS, citation) else own).append(element)
    for elements in filter(None, (own, in_remarks)):
        dois = list(_tagged_dois(elements, rejected, path, notes)) or list(_linked_dois(elements, rejected))
        if dois or rejected:
            return dois
    return []


def _tagged_dois(elements: list[Element], rejected: list[str], path: str, notes: Notes) -> Iterator[str]:
    for element in elements:
        name = local(element)
        if name == "uri" or attribute(element, "pub-id-type", "ext-link-type") != "doi":
            continue
        value, link = plain_text(element) or "", href(element) or ""
        doi = cited_doi(value) or cited_doi(link)
        if doi is not None:
            yield doi
            continue
        rejected += [value, link]
        if value and (name != "ext-link" or "10." in value):
            notes.report("reference-doi-invalid", path, value)


def _linked_dois(elements: list[Element], rejected: list[str]) -> Iterator[str]:
    """The DOIs in links to the resolver."""
    for element in elements:
        if local(element) not in _LINKS:
            continue
        address = href(element) or plain_text(element) or ""
        if _DOI_HOST.search(address):
            if doi := cited_doi(address):
                yield doi
            else:
                rejected += [address, plain_text(element) or ""]
