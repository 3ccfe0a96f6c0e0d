"""What a deposit says of a DOI, as values that can be compared with what Crossref holds. Pure.

The same function reads our file and Crossref's XML, whose elements have the same names. Where Crossref or a program
writes the same fact in another way, both are brought into one form; docs/howto/compare-with-crossref.md has the list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from lxml import etree

from harvester.answers import Facts
from harvester.identifiers import fold_doi
from harvester.text import fold
from harvester.xmltools import local, parse

_LONGEST = 200  # characters of a text that are kept; the rest is in its digest
_ORCID = 16  # digits


def of_file(data: bytes) -> dict[str, Facts]:
    """The facts of each article of a deposit file, by its folded DOI. The first article with a DOI counts."""
    found: dict[str, Facts] = {}
    for journal, article in _articles(parse(data, huge=True)):
        if doi := _text(article, "{*}doi_data/{*}doi"):
            found.setdefault(fold_doi(doi), _facts(journal, article))
    return found


def of_record(record: bytes, doi: str) -> Facts:
    """The facts of a DOI in Crossref's XML (`doi_record`); empty if it is not an article of a journal."""
    for journal, article in _articles(parse(record, huge=True)):
        if fold_doi(_text(article, "{*}doi_data/{*}doi")) == fold_doi(doi):
            return _facts(journal, article)
    return {}


def _articles(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Each article with its journal."""
    journals = [root] if local(root) == "journal" else root.iterfind(".//{*}journal")
    for journal in journals:
        for article in journal.iterfind("{*}journal_article"):
            yield journal, article


def _facts(journal: etree._Element, article: etree._Element) -> Facts:
    facts = {
        "landing_page": _texts(article, "{*}doi_data/{*}resource"),
        "title": _texts(article, "{*}titles/{*}title"),
        "original_title": _texts(article, "{*}titles/{*}original_language_title"),
        "subtitle": _texts(article, "{*}titles/{*}subtitle"),
        "journal": _texts(journal, "{*}journal_metadata/{*}full_title"),
        "issn": tuple(sorted(set(map(_issn, _texts(journal, "{*}journal_metadata/{*}issn"))))),
        "volume": _texts(journal, "{*}journal_issue/{*}journal_volume/{*}volume"),
        "issue": _texts(journal, "{*}journal_issue/{*}issue"),
        "pages": tuple(_pages(article)),
        "article_number": _texts(article, "{*}publisher_item/{*}item_number[@item_number_type='article_number']"),
        "authors": tuple(_people(article, authors=True)),
        "contributors": tuple(_people(article, authors=False)),
        "orcid": tuple(sorted({_orcid(each) for each in _texts(article, "{*}contributors//{*}ORCID")})),
        "dates": tuple(sorted(set(map(_date, article.iterfind("{*}publication_date"))))),
        "license": tuple(sorted({_license(each) for each in _texts(article, ".//{*}license_ref")})),
        "abstract": tuple(map(_shortened, _texts(article, "{*}abstract"))),
        "references": (str(sum(1 for _ in article.iterfind("{*}citation_list/{*}citation"))),),
    }
    return {name: values for name, values in facts.items() if values}


def _pages(article: etree._Element) -> Iterator[str]:
    first, last = _text(article, "{*}pages/{*}first_page"), _text(article, "{*}pages/{*}last_page")
    if first:
        yield f"{first}-{last}" if last else first


def _people(article: etree._Element, *, authors: bool) -> Iterator[str]:
    """The names in their order. Those of other roles than author have it after the name."""
    for person in article.iterfind("{*}contributors/{*}*"):
        role = person.get("contributor_role") or next((each.get("type") for each in person.iterfind("{*}role")), None)
        role = role or "author"
        if (role == "author") == authors and (name := _name(person)):
            yield name if authors else f"{name} ({role})"


def _name(person: etree._Element) -> str:
    if local(person) == "organization":
        return _folded(person)
    parts = (_text(person, f"{{*}}{part}") for part in ("surname", "given_name", "suffix"))
    return ", ".join(part for part in parts if part)


def _date(date: etree._Element) -> str:
    """A date with its medium, which is print where none is named: `online 2024-05-01`."""
    parts = (_text(date, f"{{*}}{part}") for part in ("year", "month", "day"))
    numbers = [f"{int(part):02}" if part.isascii() and part.isdigit() else part for part in parts if part]
    return f"{date.get('media_type', 'print')} {'-'.join(numbers)}"


def _issn(value: str) -> str:
    signs = value.replace("-", "").upper()
    return f"{signs[:4]}-{signs[4:]}"


def _orcid(value: str) -> str:
    """The iD without its address, which Crossref accepts with http and https."""
    return value.rstrip("/").replace("-", "").upper()[-_ORCID:]


def _license(value: str) -> str:
    """The address without its scheme and the slash at its end: both forms name the same licence."""
    return value.partition("://")[2].rstrip("/") or value


def _shortened(text: str) -> str:
    """A text that fits into a table, and still differs from every other one. Blanks do not decide where it is cut."""
    signs = "".join(text.split())
    if len(signs) <= _LONGEST:
        return text
    ends = [position for position, sign in enumerate(text, 1) if not sign.isspace()]
    return f"{text[: ends[_LONGEST - 1]]}… ({len(signs)} characters, {hashlib.sha256(signs.encode()).hexdigest()[:12]})"


def _texts(element: etree._Element, path: str) -> tuple[str, ...]:
    return tuple(text for found in element.iterfind(path) if (text := _folded(found)))


def _text(element: etree._Element, path: str) -> str:
    return next(iter(_texts(element, path)), "")


def _folded(element: etree._Element) -> str:
    return fold("".join(map(str, element.itertext())))
