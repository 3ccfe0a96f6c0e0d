"""The parts of a structured citation, for the fields of Crossref's citation (J10). What is not certain stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.formats.jats.inline import words
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
_NO_JOURNAL = ("publisher-name", "publisher-loc", "isbn", "chapter-title", "conf-name")
_AUTHORS = frozenset({"", "author", "authors", "allauthors"})
_YEAR = re.compile(r"\d{4}[a-z]?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_FIRST_PAGE = re.compile(r"[\w.]+")
_DOI_HOSTS = ("://doi.org/", "://dx.doi.org/", "://www.doi.org/")


def fields(citation: Element) -> dict[str, str]:
    """The fields of a `Reference` that the citation's tags give for certain."""
    groups = grouped(citation)
    kind = _type(citation, groups)
    found = {
        "type": kind,
        "author": _first_author(groups),
        "year": _year(groups),
        "volume": _first(groups, "volume"),
        "issue": _first(groups, "issue"),
        "first_page": _first(groups, "fpage") or _start(_first(groups, "page-range")),
        "elocation_id": _first(groups, "elocation-id"),
        "edition": _number(_first(groups, "edition")),
        "series_title": _first(groups, "series", "series-title"),
        "issn": next((issn for each in groups.get("issn", ()) if (issn := clean_issn(words(each) or ""))), None),
        "isbn": _isbn(groups),
        **_titles(groups, kind),
    }
    return {field: value for field, value in found.items() if value}


def _type(citation: Element, groups: Grouped) -> str | None:
    kind = _TYPES.get(attribute(citation, "publication-type", "citation-type"))
    if kind == "book" and ("chapter-title" in groups or ("article-title" in groups and "source" in groups)):
        return "book_chapter"
    return kind


def _titles(groups: Grouped, kind: str | None) -> dict[str, str | None]:
    """The work's own title and that of what it is in; a <source> of unknown kind stays in the text."""
    source = _first(groups, "source", "source-title")
    own = _first(groups, "article-title", "chapter-title", "data-title", "part-title")
    if kind == "journal_article" or (kind is None and own and _is_journal(groups)):
        return {"article_title": own, "journal_title": source}
    return {"article_title": own, "volume_title": source if kind in _VOLUMES else None}


def _is_journal(groups: Grouped) -> bool:
    return ("volume" in groups or "issue" in groups) and not any(each in groups for each in _NO_JOURNAL)


def _first(groups: Grouped, *names: str) -> str | None:
    return next((found for each in names for element in groups.get(each, ()) if (found := words(element))), None)


def _year(groups: Grouped) -> str | None:
    nested = [year for date in groups.get("date", ()) for year in children(date, "year")]
    for element in (*groups.get("year", ()), *nested):
        if (found := words(element)) and (year := _YEAR.fullmatch(found.strip("()[]., "))):
            return year[0]
    return None


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
        if attribute(group, "person-group-type") in _AUTHORS:
            yield from children(group, "name", "string-name", "collab")
    loose = [each for name in ("name", "string-name", "collab") for each in groups.get(name, ())]
    yield from (each for each in loose if attribute(each, "collab-type", "person-group-type") in _AUTHORS)


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
    tagged = [doi for each in citations for doi in _tagged(each, path, notes)]
    candidates = tagged or [doi for each in citations for doi in _linked(each)] or find_dois(line)
    distinct = {fold_doi(doi): doi for doi in reversed(candidates)}
    if len(distinct) > 1:
        notes.doubt("reference-doi-ambiguous", path, " ".join(dict.fromkeys(candidates)))
        return None
    return next(iter(distinct.values()), None)


def _tagged(citation: Element, path: str, notes: Notes) -> Iterator[str]:
    for each in descendants(citation, "pub-id", "object-id", "article-id", "ext-link"):
        if attribute(each, "pub-id-type", "ext-link-type") != "doi":
            continue
        said = words(each) or ""
        doi = clean_doi(said) or clean_doi(href(each) or "")
        if doi is not None:
            yield doi
        elif said and local(each) != "ext-link":
            notes.doubt("reference-doi-invalid", path, said)


def _linked(citation: Element) -> Iterator[str]:
    for each in descendants(citation, "ext-link", "uri"):
        address = href(each) or words(each) or ""
        if any(host in address.lower() for host in _DOI_HOSTS) and (doi := clean_doi(address)):
            yield doi
