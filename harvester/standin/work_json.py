"""A registered DOI as the REST API shows it: the `message` of /works/{doi}, made from the deposited XML.

Only what deposits of journal articles contain is shown, and nothing is added that Crossref would compute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from harvester import xmltools
from harvester.standin.accounts import Account
from harvester.standin.deposit_file import text_of, words
from harvester.standin.registry import Record, Version
from harvester.xmltools import local

Json = dict[str, Any]

_TYPES = {
    "journal_article": "journal-article",
    "journal_metadata": "journal",
    "journal_issue": "journal-issue",
    "journal_volume": "journal-volume",
    "book_metadata": "book",
    "content_item": "book-chapter",
    "conference_paper": "proceedings-article",
    "proceedings_metadata": "proceedings",
    "component": "component",
}
_PEOPLE = {"author": "author", "editor": "editor", "translator": "translator", "chair": "chair"}
_REFERENCE = {
    "doi": "DOI",
    "unstructured_citation": "unstructured",
    "issn": "issn",
    "journal_title": "journal-title",
    "author": "author",
    "volume": "volume",
    "issue": "issue",
    "first_page": "first-page",
    "cYear": "year",
    "volume_title": "volume-title",
    "article_title": "article-title",
}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMESPACES = re.compile(r'\sxmlns(?::\w+)?="[^"]*"')


def message(record: Record, version: Version, indexed: datetime, account: Account | None) -> Json:
    """The work, as it was when `version` was the newest. `indexed` is when the API began to show this version."""
    root = xmltools.parse(version.xml, huge=True)
    item = _item_of(root, record)
    work: Json = {
        "DOI": record.doi.lower(),
        "URL": f"https://doi.org/{record.doi.lower()}",
        "type": _TYPES.get(record.kind, record.kind.replace("_", "-")),
        "source": "Crossref",
        "prefix": record.owner,
        "member": str(account.member) if account else "0",
        "publisher": account.name if account else "",
        "created": moment(record.created),
        "deposited": moment(version.at),
        "indexed": {**moment(indexed), "version": "3.55.0"},
        "resource": {"primary": {"URL": text_of(item, "{*}doi_data/{*}resource")}},
        "is-referenced-by-count": 0,
        **_texts(item),
        **_journal(root),
        **_people(item),
        **_pages(item),
        **_dates(item),
        **_licenses(item, version.at),
        **_references(item, record),
        **_relations(item),
        **_updates(item),
    }
    return {name: value for name, value in work.items() if value not in ([], {}, "")}


def moment(at: datetime) -> Json:
    """A moment in the three forms of the API."""
    return {
        "date-parts": [[at.year, at.month, at.day]],
        "date-time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timestamp": int(at.timestamp()) * 1000,
    }


def _item_of(root: etree._Element, record: Record) -> etree._Element:
    """The element that contains the doi_data of the record."""
    for doi in root.iterfind(".//{*}doi_data/{*}doi"):
        data = doi.getparent()
        owner = data.getparent() if data is not None else None
        if owner is not None and words(doi).lower() == record.doi.lower():
            return owner
    raise LookupError(record.doi)


def _texts(item: etree._Element) -> Json:
    """All titles and the first abstract, without its wrapper. Which of several the API shows is not known."""
    abstract = item.find("{*}abstract")
    titles = [_inner(each) for each in item.iterfind("{*}titles/{*}title")]
    if local(item) == "journal_metadata":
        titles = [words(each) for each in item.iterfind("{*}full_title")]
    return {
        "title": titles,
        "subtitle": [_inner(each) for each in item.iterfind("{*}titles/{*}subtitle")],
        "original-title": [_inner(each) for each in item.iterfind("{*}titles/{*}original_language_title")],
        "language": item.get("language", ""),
        "abstract": "" if abstract is None else _inner(abstract),
    }


def _journal(root: etree._Element) -> Json:
    """What the API says about the journal and the issue of an article."""
    if local(root) != "journal":
        return {}
    issns = list(root.iterfind("{*}journal_metadata/{*}issn"))
    volume = text_of(root, "{*}journal_issue/{*}journal_volume/{*}volume")
    issue = text_of(root, "{*}journal_issue/{*}issue")
    return {
        "container-title": [words(each) for each in root.iterfind("{*}journal_metadata/{*}full_title")],
        "short-container-title": [words(each) for each in root.iterfind("{*}journal_metadata/{*}abbrev_title")],
        "ISSN": list(dict.fromkeys(hyphenated(words(issn)) for issn in issns)),
        "issn-type": [{"type": each.get("media_type", "print"), "value": hyphenated(words(each))} for each in issns],
        "volume": volume,
        "issue": issue,
    }


def hyphenated(issn: str) -> str:
    return issn if "-" in issn else f"{issn[:4]}-{issn[4:]}"


def _people(item: etree._Element) -> Json:
    found: dict[str, list[Json]] = {}
    for person in item.iterfind("{*}contributors/{*}*"):
        role = person.get("contributor_role") or next((each.get("type") for each in person.iterfind("{*}role")), None)
        kind = _PEOPLE.get(role or "author", "author")
        if local(person) in ("person_name", "organization"):
            found.setdefault(kind, []).append(_person(person))
    return dict(found)


def _person(person: etree._Element) -> Json:
    affiliations = [
        *(words(each) for each in person.iterfind("{*}affiliation")),
        *(words(each) for each in person.iterfind("{*}affiliations/{*}institution/{*}institution_name")),
    ]
    facts: Json = {
        "ORCID": text_of(person, "{*}ORCID"),
        "given": text_of(person, "{*}given_name"),
        "family": text_of(person, "{*}surname"),
        "suffix": text_of(person, "{*}suffix"),
        "name": words(person) if local(person) == "organization" else "",
    }
    return {
        **{name: value for name, value in facts.items() if value},
        "sequence": person.get("sequence", "additional"),
        "affiliation": [{"name": name} for name in affiliations],
    }


def _pages(item: etree._Element) -> Json:
    first, last = text_of(item, "{*}pages/{*}first_page"), text_of(item, "{*}pages/{*}last_page")
    numbers = item.iterfind("{*}publisher_item/{*}item_number")
    articles = (words(each) for each in numbers if each.get("item_number_type") == "article_number")
    return {"page": f"{first}-{last}" if last else first, "article-number": next(articles, "")}


def _dates(item: etree._Element) -> Json:
    """The earliest date of each medium, and the earliest of all."""
    found: dict[str, list[list[int]]] = {}
    for date in item.iterfind("{*}publication_date"):
        found.setdefault(f"published-{date.get('media_type', 'print')}", []).append(_date_parts(date))
    dates = {name: {"date-parts": [min(each)]} for name, each in found.items()}
    every = [date for each in found.values() for date in each]
    return {**dates, **{name: {"date-parts": [min(every)]} for name in ("published", "issued") if every}}


def _date_parts(date: etree._Element) -> list[int]:
    """Year, month and day, up to the first that is missing; a season (21 and more) is not a month."""
    numbers = []
    for name in ("year", "month", "day"):
        value = text_of(date, f"{{*}}{name}")
        if not value or (name == "month" and int(value) > 12):
            break
        numbers.append(int(value))
    return numbers


def _licenses(item: etree._Element, deposited: datetime) -> Json:
    def license_of(element: etree._Element) -> Json:
        start = [int(part) for part in (element.get("start_date") or deposited.date().isoformat()).split("-")]
        version = element.get("applies_to", "unspecified")
        return {"URL": words(element), "start": {"date-parts": [start]}, "delay-in-days": 0, "content-version": version}

    return {"license": [license_of(element) for element in item.iterfind(".//{*}license_ref")]}


def _references(item: etree._Element, record: Record) -> Json:
    references = [_reference(each, record) for each in item.iterfind("{*}citation_list/{*}citation")]
    return {"references-count": len(references), "reference": references}


def _reference(citation: etree._Element, record: Record) -> Json:
    key = citation.get("key", "")
    fields = {name: text_of(citation, f"{{*}}{element}") for element, name in _REFERENCE.items()}
    reference: Json = {"key": key, **{name: value for name, value in fields.items() if value}}
    if "DOI" in reference:
        reference["doi-asserted-by"] = "publisher"
    elif key in record.matches:
        reference.update({"DOI": record.matches[key], "doi-asserted-by": "crossref"})
    return reference


def _relations(item: etree._Element) -> Json:
    found: dict[str, list[Json]] = {}
    for relation in item.iterfind(".//{*}related_item/{*}*"):
        if kind := relation.get("relationship-type"):
            row = {"id-type": relation.get("identifier-type"), "id": words(relation), "asserted-by": "subject"}
            found.setdefault(_CAMEL.sub("-", kind).lower(), []).append(row)
    return {"relation": found}


def _updates(item: etree._Element) -> Json:
    def update_of(element: etree._Element) -> Json:
        date = [int(part) for part in element.get("date", "").split("-") if part]
        return {"DOI": words(element), "type": element.get("type"), "updated": {"date-parts": [date]}}

    return {"update-to": [update_of(each) for each in item.iterfind(".//{*}crossmark/{*}updates/{*}update")]}


def _inner(element: etree._Element) -> str:
    """The content with its face markup."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: etree._Element) -> Iterator[str]:
    yield _escaped(element.text)
    for child in element:
        yield _markup(child)
        yield _escaped(child.tail)


def _markup(element: etree._Element) -> str:
    return _NAMESPACES.sub("", xmltools.serialise(element).decode())


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def selected(work: Json, names: Iterable[str]) -> Json:
    """Only these members of a work; all of them without names."""
    wanted = list(names)
    return {name: work[name] for name in wanted if name in work} if wanted else work
