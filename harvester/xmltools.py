"""The only lxml settings: how bytes from outside are parsed, and how trees become bytes.

No entity is expanded, no DTD loaded, no network touched. Entities that only a DTD would define stay in the tree as
entity nodes, for the JATS reader to resolve by name (mapping J2); a document that declares its own is refused.
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

_TAGS = 2_000  # whose local names are remembered; there are a few hundred in the world's JATS


class UnsafeXml(ValueError):
    """The document declares entities of its own (billion laughs, external files); it is refused unread."""


def parser(*, huge: bool = False) -> etree.XMLParser:
    """A strict parser that resolves nothing. `huge` lifts libxml2's limit of 10 MB for one text node."""
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
    """One of each kind for each thread: making one takes a quarter of the time that a record does."""

    def __init__(self) -> None:
        self.usual, self.huge = parser(), parser(huge=True)


_parsers = _Parsers()


def parse(data: bytes, *, huge: bool = False) -> etree._Element:
    """The root element of a document.

    Raises `etree.XMLSyntaxError` on anything not well-formed, `UnsafeXml` on an internal subset with declarations.
    """
    root = etree.fromstring(data, _parsers.huge if huge else _parsers.usual)
    subset: Any = root.getroottree().docinfo.internalDTD
    if subset is not None and next(subset.iterentities(), None) is not None:
        raise UnsafeXml("the document declares its own entities; it is refused")
    return root


def local(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments, processing instructions and entities."""
    return _local(element.tag)


@lru_cache(_TAGS)
def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def serialise(element: etree._Element) -> bytes:
    """The element alone, as UTF-8 with every namespace it uses and without the text behind it."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)
