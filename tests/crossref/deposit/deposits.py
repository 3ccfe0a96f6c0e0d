"""Building deposits in tests, and reading them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from harvester.crossref import deposit as crossref
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import DEFAULT
from harvester.model import Article, Batch
from harvester.xmltools import parse

NAMESPACES = {
    "jats": "http://www.ncbi.nlm.nih.gov/JATS1",
    "mml": "http://www.w3.org/1998/Math/MathML",
    "fr": "http://www.crossref.org/fundref.xsd",
    "ai": "http://www.crossref.org/AccessIndicators.xsd",
    "rel": "http://www.crossref.org/relations.xsd",
}


SETTINGS = CrossrefSettings(
    depositor_name="Example Press", depositor_email="doi@example.org", registrant="Example University Press"
)


def batch(version: str = DEFAULT, name: str = "fixture") -> Batch:
    return Batch(id=name, timestamp=20260102030405678, schema_version=version)


def build(article: Article, version: str = DEFAULT, **settings) -> bytes:
    return build_all([article], batch(version), **settings)


def build_all(articles: Sequence[Article], one: Batch | None = None, **settings) -> bytes:
    return crossref.build(articles, one or batch(), replace(SETTINGS, **settings))


class Deposit:
    """A deposit as a reader sees it; `c:` stands for Crossref's own namespace."""

    def __init__(self, data: bytes) -> None:
        self.root = parse(data, huge=True)
        self._names = {**NAMESPACES, "c": self.root.nsmap[None]}

    def texts(self, path: str) -> list[str]:
        """The whole text of every element at the path, an attribute where it ends in one."""
        found: Any = self.root.xpath(path, namespaces=self._names)
        return [str(each) if isinstance(each, str) else "".join(each.itertext()) for each in found]

    def count(self, path: str) -> int:
        return len(self.texts(path))


def deposit(article: Article, version: str = DEFAULT, **settings) -> Deposit:
    return Deposit(build(article, version, **settings))
