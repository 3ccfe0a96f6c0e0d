"""The parts of a structured citation for Crossref's citation fields; what is uncertain stays text (mapping J10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.formats.jats.inline import words
from harvester.formats.jats.roles import CITED_AUTHORS
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, descendants, grouped, href
from harvester.formats.notes import Notes
from harvester.identifiers import clean_doi, clean_issn, find_dois, fold_doi
from harvester.xmltools import local

# publication-type as publishers write it to the types of Crossref's schema since 5.4.0.
_TYPES = {
    "journal": "journal_article",
    "journal-article": "journal_article",
    "article-journal": "journal_article",
    "book": "book",
    "chapter": "book_chapter",
    "book-chapter": "book_chapter",
    "confproc": "conference_paper",
    "conf-proc": "conference_paper",
    "conference": "conference_paper",
    "conference-paper": "conference_paper",
    "proc": "conference_paper",
    "thesis": "dissertation",
    "dissertation": "dissertation",
    "report": "report",
    "patent": "patent",
    "data": "dataset",
    "dataset": "dataset",
    "software": "software",
    "preprint": "preprint",
    "standard": "standard",
    "web": "web_resource",
    "website": "web_resource",
    "webpage": "web_resource",
    "web-page": "web_resource",
}
_VOLUMES = frozenset({"book", "book_chapter", "conference_paper", "dissertation", "report", "standard"})
_OWN_TITLES = ("article-title", "chapter-title", "data-title", "part-title")
_SOURCES = ("source", "source-title")
_SERIES = ("series", "series-title")
_NUMBERING = ("volume", "issue", "fpage", "page-range", "elocation-id", "edition")
_AS_THEY_READ = frozenset((*_OWN_TITLES, *_SOURCES, *_SERIES, *_NUMBERING))
_NO_JOURNAL = ("publisher-name", "publisher-loc", "isbn", "chapter-title", "conf-name")
_PEOPLE = ("name", "string-name", "collab")
_YEAR = re.compile(r"\d{4}[a-z]?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_FIRST_PAGE = re.compile(r"[\w.]+")
_LINKS = ("ext-link", "uri")
_MARKS = ("pub-id", "object-id", "article-id", *_LINKS)
_DOI_HOST = re.compile(r"://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE | re.ASCII)


def fields(citation: Element) -> dict[str, str]:
    """The fields of a `Reference` that the citation's tags give for certain."""
    groups = grouped(citation)
    kind = _type(citation, groups)
    if not groups:
        return {"type": kind} if kind else {}
    said = _said(groups)
    found = {
        "type": kind,
        "author": _first_author(groups),
        "year": _year(groups),
        "volume": said.get("volume"),
        "issue": said.get("issue"),
        "first_page": said.get("fpage") or _start(said.get("page-range")),
        "elocation_id": said.get("elocation-id"),
        "edition": _number(said.get("edition")),
        "series_title": _first(said, _SERIES),
        "issn": _issn(groups),
        "isbn": _isbn(groups),
        **_titles(groups, said, kind),
    }
    return {field: value for field, value in found.items() if value}


def _said(groups: Grouped) -> dict[str, str]:
    """The words of the parts that are taken as they read, by name: those of the first that has any."""
    said: dict[str, str] = {}
    for name in _AS_THEY_READ.intersection(groups):
        for each in groups[name]:
            if found := words(each):
                said[name] = found
                break
    return said


def _type(citation: Element, groups: Grouped) -> str | None:
    kind = _TYPES.get(attribute(citation, "publication-type", "citation-type"))
    if kind == "book" and ("chapter-title" in groups or ("article-title" in groups and "source" in groups)):
        return "book_chapter"
    return kind


def _first(said: dict[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        if name in said:
            return said[name]
    return None


def _titles(groups: Grouped, said: dict[str, str], kind: str | None) -> dict[str, str | None]:
    """The work's own title and that of what it is in; a <source> of unknown kind stays in the text."""
    source, own = _first(said, _SOURCES), _first(said, _OWN_TITLES)
    if kind == "journal_article" or (kind is None and own and _is_journal(groups)):
        return {"article_title": own, "journal_title": source}
    return {"article_title": own, "volume_title": source if kind in _VOLUMES else None}


def _is_journal(groups: Grouped) -> bool:
    return ("volume" in groups or "issue" in groups) and not any(each in groups for each in _NO_JOURNAL)


def _year(groups: Grouped) -> str | None:
    for element in _years(groups):
        if (found := words(element)) and (year := _YEAR.fullmatch(found.strip("()[]., "))):
            return year[0]
    return None


def _years(groups: Grouped) -> Iterator[Element]:
    yield from groups.get("year", ())
    for date in groups.get("date", ()):
        yield from children(date, "year")


def _number(edition: str | None) -> str | None:
    """The one number in `3rd ed.`; Crossref takes nothing else."""
    found = _DIGITS.findall(edition or "")
    return found[0] if len(found) == 1 else None


def _start(page_range: str | None) -> str | None:
    found = _FIRST_PAGE.match(page_range or "")
    return found[0] if found else None


def _first_author(groups: Grouped) -> str | None:
    """The first author's family name, or the group's name."""
    for each in _people(groups):
        surname = child(each, "surname")
        if found := words(surname if surname is not None else each):
            return found.strip(" ,;.") or None
    return None


def _people(groups: Grouped) -> Iterator[Element]:
    for group in groups.get("person-group", ()):
        if attribute(group, "person-group-type") in CITED_AUTHORS:
            yield from children(group, *_PEOPLE)
    for name in _PEOPLE:
        for each in groups.get(name, ()):
            if attribute(each, "collab-type", "person-group-type") in CITED_AUTHORS:
                yield each


def _issn(groups: Grouped) -> str | None:
    return next((issn for each in groups.get("issn", ()) if (issn := clean_issn(words(each) or ""))), None)


def _isbn(groups: Grouped) -> str | None:
    typed = [each for each in groups.get("pub-id", ()) if attribute(each, "pub-id-type") == "isbn"]
    for each in (*groups.get("isbn", ()), *typed):
        value = (words(each) or "").removeprefix("ISBN").strip(" :")
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
    """The one DOI of a reference: tagged, else linked, else in its text; several are reported and none is taken."""
    candidates = _marked(citations, path, notes) or find_dois(line)
    if len(candidates) > 1 and len(set(map(fold_doi, candidates))) > 1:
        notes.report("reference-doi-ambiguous", path, " ".join(dict.fromkeys(candidates)))
        return None
    return candidates[0] if candidates else None


def _marked(citations: list[Element], path: str, notes: Notes) -> list[str]:
    """The DOIs that stand in elements of their own: those tagged as DOIs, else the links."""
    elements = [each for citation in citations for each in descendants(citation, *_MARKS)]
    return (list(_tagged(elements, path, notes)) or list(_linked(elements))) if elements else []


def _tagged(elements: list[Element], path: str, notes: Notes) -> Iterator[str]:
    for each in elements:
        name = local(each)
        if name == "uri" or attribute(each, "pub-id-type", "ext-link-type") != "doi":
            continue
        said = words(each) or ""
        doi = clean_doi(said) or clean_doi(href(each) or "")
        if doi is not None:
            yield doi
        elif said and name != "ext-link":
            notes.report("reference-doi-invalid", path, said)


def _linked(elements: list[Element]) -> Iterator[str]:
    for each in elements:
        if local(each) in _LINKS:
            address = href(each) or words(each) or ""
            if _DOI_HOST.search(address) and (doi := clean_doi(address)):
                yield doi
