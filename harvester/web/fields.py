"""The fields of an article as a table: each value, where it came from, and what is doubtful about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from harvester.article_texts import texts_of
from harvester.findings import SEVERITIES
from harvester.model import Affiliation, Article, Contributor, Funding, Journal, PubDate, Reference
from harvester.reports import RecordFinding
from harvester.text import plain

_REFERENCES = 3  # that are shown; all are in the article
_INDEX = re.compile(r"\[\d+\]$")


class Field(Struct, frozen=True, kw_only=True):
    """One row: the path of the field in the article, its value in words, its origin, and its doubts, gravest first.

    A field without a value is there because something is doubtful about it.
    """

    path: str
    name: str
    value: str | None = None
    lang: str | None = None
    origin: str | None = None
    doubts: tuple[RecordFinding, ...] = ()


def fields(article: Article | None, findings: Sequence[RecordFinding]) -> list[Field]:
    """The doubtful fields first, the gravest of them at the top, then the others in the order of the article."""
    known = [replace(field, origin=_origin(article, field.path)) for field in _valued(article)] if article else []
    paths = {field.path for field in known}
    by_path: dict[str, list[RecordFinding]] = {}
    for finding in findings:
        by_path.setdefault(_nearest(finding.path, paths) or _outer(finding.path), []).append(finding)
    lacking = [Field(path=path, name=_words(path)) for path in by_path if path not in paths]
    rows = [replace(row, doubts=tuple(sorted(by_path.get(row.path, ()), key=_rank))) for row in [*lacking, *known]]
    return sorted(rows, key=lambda row: _rank(row.doubts[0]) if row.doubts else len(SEVERITIES))


def _rank(finding: RecordFinding) -> int:
    return [*map(str, SEVERITIES)].index(finding.severity)


def _nearest(path: str, paths: Iterable[str]) -> str | None:
    """The field with the longest path that contains this one; the first one of a list stands for the whole list."""
    inside = [one for one in paths if path == one or path.startswith((f"{one}.", f"{one}["))]
    return max(inside, key=len, default=None) or next((one for one in (f"{path}[0]",) if one in paths), None)


def _outer(path: str) -> str:
    """The field of the article that has this path; empty for the whole record."""
    return _INDEX.sub("", path.partition(".")[0]) if not path.startswith("journal.") else _INDEX.sub("", path)


def _origin(article: Article, path: str) -> str:
    """Where the value came from: what is known of the path, or of what it is a part of; else the article's own format.

    Values from another format or from the configuration are always known (`mapping.assembly`).
    """
    while path:
        if path in article.provenance:
            return article.provenance[path]
        path = _INDEX.sub("", path) if _INDEX.search(path) else path.rpartition(".")[0]
    return article.format


# ------------------------------------------------------------------------------------------- values in words


def _valued(article: Article) -> Iterator[Field]:
    """Every field that has a value."""
    for name in ("doi", "landing_page", "type", "language"):
        yield from _simple(name, getattr(article, name))
    for number, title in enumerate(article.titles):
        subtitle = f": {plain(title.subtitle)}" if title.subtitle else ""
        yield _field(f"titles[{number}]", plain(title.text) + subtitle, title.lang)
    for number, person in enumerate(article.contributors):
        yield _field(f"contributors[{number}]", _person(person), person.lang)
    yield from _of_journal(article.journal)
    for name in ("volume", "issue", "issue_title", "issue_year"):
        yield from _simple(name, getattr(article, name))
    for number, date in enumerate(article.dates):
        yield _field(f"dates[{number}]", _date(date))
    if article.accepted:
        yield _field("accepted", _date(article.accepted))
    for name in ("first_page", "last_page", "other_pages", "elocation_id"):
        yield from _simple(name, getattr(article, name))
    for number, abstract in enumerate(article.abstracts):
        texts = (plain(text) for block in abstract.blocks for text in texts_of(block))
        yield _field(f"abstracts[{number}]", " ".join(filter(None, texts)), abstract.lang)
    yield from _lists(article)


def _lists(article: Article) -> Iterator[Field]:
    if article.keywords:
        yield _field("keywords", "; ".join(keyword.text for keyword in article.keywords))
    for number, license_ in enumerate(article.licenses):
        yield _field(f"licenses[{number}]", _joined(license_.url, license_.applies_to, license_.start_date))
    for number, funding in enumerate(article.funding):
        yield _field(f"funding[{number}]", _funding(funding))
    for number, one in enumerate(article.relations):
        yield _field(f"relations[{number}]", _joined(one.kind, one.target, one.description, one.date))
    for number, file in enumerate(article.files):
        yield _field(f"files[{number}]", _joined(file.url, file.mime))
    if article.references:
        yield _field("references", _references(article.references))
    if article.identifiers:
        yield _field("identifiers", "; ".join(article.identifiers))


def _of_journal(journal: Journal) -> Iterator[Field]:
    for number, title in enumerate(journal.titles):
        yield _field(f"journal.titles[{number}]", plain(title.text), title.lang)
    for number, issn in enumerate(journal.issns):
        yield _field(f"journal.issns[{number}]", _joined(issn.value, issn.medium))
    for name in ("abbreviation", "publisher", "language"):
        yield from _simple(f"journal.{name}", getattr(journal, name))


def _simple(path: str, value: object) -> Iterator[Field]:
    if value is not None:
        yield _field(path, str(value))


def _field(path: str, value: str, lang: str | None = None) -> Field:
    return Field(path=path, name=_words(path), value=value, lang=lang)


def _words(path: str) -> str:
    """The path in words: `contributors[2]` is `Contributor 3`."""
    if not path:
        return "The record"
    inside, numbered = re.sub(r"\[(\d+)\].*$", "", path), re.search(r"\[(\d+)\]$", path)
    name = _NAMES.get(inside) or inside.replace("_", " ").replace(".", ": ").capitalize()
    if numbered:
        return f"{name} {int(numbered[1]) + 1}"
    return f"{name}s" if inside in _LISTS else name


_LISTS = ("titles", "contributors", "abstracts", "dates", "licenses", "files", "relations")
_NAMES = {
    "doi": "DOI",
    "titles": "Title",
    "contributors": "Contributor",
    "abstracts": "Abstract",
    "dates": "Date",
    "accepted": "Accepted",
    "licenses": "License",
    "files": "File",
    "relations": "Relation",
    "journal": "Journal",
    "journal.titles": "Journal title",
    "journal.issns": "ISSN",
    "journal.abbreviation": "Journal abbreviation",
    "journal.publisher": "Publisher",
    "journal.language": "Journal language",
    "issue_year": "Year of the issue",
    "issue_title": "Title of the issue",
    "elocation_id": "Article number",
    "identifiers": "Other identifiers",
}


def _joined(*values: str | None) -> str:
    return ", ".join(value for value in values if value)


def _person(person: Contributor) -> str:
    name = person.name or " ".join(filter(None, (person.given, person.surname, person.suffix)))
    role = person.role if person.role != "author" else None
    places = [words for one in person.affiliations if (words := _affiliation(one))]
    corresponding = "corresponding" if person.corresponding else None
    return "; ".join(filter(None, (name or person.kind, role, corresponding, person.orcid, *places)))


def _affiliation(one: Affiliation) -> str:
    return _joined(*one.departments, one.name, one.place, one.ror, one.isni, one.grid, one.wikidata)


def _date(date: PubDate) -> str:
    day = "" if date.month is None or date.day is None else f"-{date.day:02}"
    month = "" if date.month is None else f"-{date.month:02}"
    return f"{date.year}{month}{day}{f', {date.medium}' if date.medium else ''}"


def _funding(funding: Funding) -> str:
    return _joined(funding.funder, funding.funder_id, funding.ror, *funding.awards)


def _references(references: Sequence[Reference]) -> str:
    shown = [one.text or one.article_title or one.doi or one.key for one in references[:_REFERENCES]]
    rest = f" … and {len(references) - _REFERENCES:,} more" if len(references) > _REFERENCES else ""
    return f"{len(references):,}: {' · '.join(shown)}{rest}"
