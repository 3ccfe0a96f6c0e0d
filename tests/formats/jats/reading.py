"""Helpers of the JATS tests: read a whole article, or an article built around a snippet."""

from __future__ import annotations

from lxml import etree

from harvester.formats.jats import READER
from harvester.model import Article, Hints, RawRecord, Reading, Reference
from harvester.xmltools import parse

RECORD = RawRecord(identifier="oai:journal.example:article/1", datestamp="2024-05-06")
NAMESPACES = (
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML" '
    'xmlns:ali="http://www.niso.org/schemas/ali/1.0/"'
)


def element(inner: str, tag: str = "article-title") -> etree._Element:
    """An element with this name around a snippet."""
    return etree.fromstring(f"<{tag} {NAMESPACES}>{inner}</{tag}>")


def read_element(article: etree._Element, hints: Hints | None = None) -> Reading:
    (reading,) = READER.read([article], [RECORD], hints or Hints())
    return reading


def read_xml(xml: str, hints: Hints | None = None) -> Reading:
    return read_element(parse(xml.encode()), hints)


def read_meta(inner: str, *, lang: str | None = "en", rest: str = "", hints: Hints | None = None) -> Reading:
    """The reading of an article with `inner` in its article-meta, and `rest` after its front."""
    tag = f' xml:lang="{lang}"' if lang else ""
    front = f"<front><article-meta>{inner}</article-meta></front>"
    return read_xml(f"<article {NAMESPACES}{tag}>{front}{rest}</article>", hints)


def article_of(reading: Reading) -> Article:
    assert reading.article is not None
    return reading.article


def meta(inner: str, **options) -> Article:
    return article_of(read_meta(inner, **options))


def read_references(inner: str) -> Reading:
    """The reading of an article with `inner` in its ref-list."""
    return read_meta("", rest=f"<back><ref-list>{inner}</ref-list></back>")


def references(inner: str) -> tuple[Reference, ...]:
    return article_of(read_references(inner)).references


def single_reference(inner: str) -> Reference:
    """The single reference of a <ref> with `inner`."""
    (reference,) = references(f"<ref id='R1'>{inner}</ref>")
    return reference


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


def group(*contribs: str, beside: str = "", attributes: str = "") -> str:
    """A contrib-group with these contributors, and `beside` after them."""
    entries = "".join(f"<contrib>{contrib}</contrib>" for contrib in contribs)
    return f"<contrib-group {attributes}>{entries}{beside}</contrib-group>"


def person(surname: str = "Berg", rest: str = "") -> str:
    """The content of a contributor named Ada Berg."""
    return f"<name><surname>{surname}</surname><given-names>Ada</given-names></name>{rest}"
