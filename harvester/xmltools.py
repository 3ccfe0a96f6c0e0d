"""Parsing and serialising XML: the only place with settings of lxml.

No entity is expanded, no DTD is loaded, and the network is not used. Entities that only a DTD would define stay in the
tree as entity nodes, and the JATS reader resolves them by name (mapping J2). A document that declares its own entities
is refused.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

from lxml import etree

OAI = "http://www.openarchives.org/OAI/2.0/"
MATHML = "http://www.w3.org/1998/Math/MathML"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

_CACHED_TAGS = 2_000  # there are a few hundred in the world's JATS


class UnsafeXml(ValueError):
    """The document declares its own entities (billion laughs, external files) and is refused."""


def parser(*, huge: bool = False) -> etree.XMLParser:
    """A strict parser that resolves no entity. `huge` lifts libxml2's limit of 10 MB for one text node."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        recover=False,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


class _Parsers(threading.local):
    """One parser of each kind for each thread, because creating one takes a quarter of the time of a record."""

    def __init__(self) -> None:
        self.usual, self.huge = parser(), parser(huge=True)


_parsers = _Parsers()


def parse(data: bytes, *, huge: bool = False) -> etree._Element:
    """The root element of a document.

    Raises `etree.XMLSyntaxError` if it is not well-formed, `UnsafeXml` if it declares entities.
    """
    root = etree.fromstring(data, _parsers.huge if huge else _parsers.usual)
    subset: Any = root.getroottree().docinfo.internalDTD
    if subset is not None and next(subset.iterentities(), None) is not None:
        raise UnsafeXml("the document declares its own entities; it is refused")
    return root


def local(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments, processing instructions and entities."""
    return _local(element.tag)


@lru_cache(_CACHED_TAGS)
def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def serialise(element: etree._Element) -> bytes:
    """The element alone, as UTF-8 with every namespace it uses, without the text after it."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)
