"""The journals of the demo and their articles, read from the TOML files under articles/.

A text is one line of JATS inline markup (`<italic>`, `<sub>`, formulas with the prefix `mml:`), so `&` is written
`&amp;`. In an abstract paragraphs are separated by a blank line, and `## Title` begins a part of a structured one. A
person is `Family, Given` or `Family, Given, Suffix`. Some values are wrong on purpose, as in real journals.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from lxml import etree
from msgspec import Struct

from harvester.xmltools import MATHML

ARTICLES = Path(__file__).with_name("articles")

Words = dict[str, str]  # by ISO 639-1 code


class Institution(Struct, frozen=True, forbid_unknown_fields=True):
    name: Words
    city: Words = {}
    country: Words = {}
    address: str | None = None
    ror: str | None = None


class Author(Struct, frozen=True, forbid_unknown_fields=True):
    """A person (`name`) or a `group`; `at` are keys of institutions.toml."""

    name: Words = {}
    group: Words = {}
    orcid: str | None = None
    at: tuple[str, ...] = ()
    corresponding: bool = False


class Funding(Struct, frozen=True, forbid_unknown_fields=True):
    funder: str
    id: str | None = None
    awards: tuple[str, ...] = ()


class Related(Struct, frozen=True, forbid_unknown_fields=True):
    """A related-article of JATS; `type` is its related-article-type."""

    type: str
    doi: str


class Citation(Struct, frozen=True, forbid_unknown_fields=True):
    """A reference in parts, as in journals that tag their references."""

    type: Literal["journal", "book"]
    authors: tuple[str, ...]
    year: str
    source: str
    title: str | None = None
    publisher: str | None = None
    volume: str | None = None
    issue: str | None = None
    fpage: str | None = None
    lpage: str | None = None
    doi: str | None = None


class Article(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One article. `published` is YYYY-MM-DD, YYYY or `none`; if absent, it is the date of the issue."""

    id: int
    language: str
    title: Words = {}
    subtitle: Words = {}
    doi: str | None = None
    other_dois: tuple[str, ...] = ()
    section: str = "ART"
    type: str | None = None  # JATS article-type
    authors: tuple[Author, ...] = ()
    abstract: Words = {}
    keywords: dict[str, tuple[str, ...]] = {}
    pages: str | None = None
    elocation: str | None = None
    published: str | None = None
    medium: Literal["epub", "ppub"] = "epub"
    licence: str | None = None
    landing_page: bool = True
    galley: int | None = None
    funding: tuple[Funding, ...] = ()
    related: tuple[Related, ...] = ()
    references: tuple[str | Citation, ...] = ()


class Issue(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One issue; `modified` is the OAI datestamp of its articles, because OJS changes all of them at once."""

    modified: datetime
    articles: tuple[Article, ...]
    volume: str | None = None
    number: str | None = None
    year: int | None = None
    title: Words = {}
    published: date | None = None


class Deleted(Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    datestamp: datetime
    section: str = "ART"


class Journal(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A journal on the site of its `platform`. The first of `locales` is its own language."""

    path: str
    platform: Literal["ojs34", "ojs33"] = "ojs34"
    locales: tuple[str, ...]
    title: Words
    sections: dict[str, Words]
    publisher: str | None = None
    issn_print: str | None = None
    issn_electronic: str | None = None
    licence: str | None = None
    peer_reviewed: bool = True
    deleted: tuple[Deleted, ...] = ()
    issues: tuple[Issue, ...] = ()

    def tag(self, locale: str) -> str:
        """The xml:lang in Dublin Core. In OJS 3.3 it is a locale with a region."""
        return _REGIONS.get(locale, locale) if self.platform == "ojs33" else locale

    def landing_page(self, article: Article) -> str:
        return f"https://{self.host}/index.php/{self.path}/article/view/{article.id}"

    @property
    def host(self) -> str:
        return _HOSTS[self.platform]


_HOSTS = {"ojs34": "journals.example.org", "ojs33": "archive.example.org"}
_REGIONS = {"en": "en-US", "de": "de-DE", "es": "es-ES", "ru": "ru-RU"}


@cache
def journals() -> tuple[Journal, ...]:
    """All journals with their issues, sorted by folder."""
    return tuple(_journal(folder) for folder in sorted(ARTICLES.iterdir()) if folder.is_dir())


def _journal(folder: Path) -> Journal:
    issues = [_toml(file) for file in sorted(folder.glob("*.toml")) if file.name != "journal.toml"]
    return msgspec.convert({**_toml(folder / "journal.toml"), "issues": issues}, Journal)


@cache
def institutions() -> dict[str, Institution]:
    return msgspec.convert(_toml(ARTICLES / "institutions.toml"), dict[str, Institution])


def _toml(file: Path) -> dict[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def published(issue: Issue, article: Article) -> str | None:
    """The publication date of the article, YYYY-MM-DD or YYYY; `None` if it has none."""
    if article.published:
        return None if article.published == "none" else article.published
    return issue.published.isoformat() if issue.published else None


def rights_holder(journal: Journal, issue: Issue) -> str | None:
    """The copyright statement of OJS."""
    return f"Copyright (c) {issue.year} {journal.publisher}" if journal.publisher and issue.year else None


def name_parts(name: str) -> tuple[str, str, str]:
    """Family name, given name and suffix of a person, empty if missing."""
    family, given, suffix = [*name.split(", "), "", ""][:3]
    return family, given, suffix


def plain(markup: str) -> str:
    """The characters of a text without its markup."""
    return str(etree.fromstring(f'<x xmlns:mml="{MATHML}">{markup}</x>').xpath("string()"))


class Part(Struct, frozen=True):
    """A part of an abstract with its paragraphs; `title` is `None` if the abstract is not structured."""

    title: str | None
    paragraphs: tuple[str, ...]


def parts(abstract: str) -> tuple[Part, ...]:
    """The parts of an abstract as it is written in the files."""
    split: list[Part] = []
    for block in abstract.strip().split("\n\n"):
        head, _, rest = block.strip().partition("\n")
        if head.startswith("## "):
            split.append(Part(head[3:], (rest.strip(),)))
        elif split:
            split[-1] = Part(split[-1].title, (*split[-1].paragraphs, block.strip()))
        else:
            split.append(Part(None, (block.strip(),)))
    return tuple(split)
