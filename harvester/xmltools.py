"""Parsing and serialising XML: the only place with settings of lxml.

No entity is expanded, no DTD is loaded, and the network is not used. Entities that only a DTD would define stay in the
tree as entity nodes, and the JATS reader resolves them by name (mapping J2). A document that declares its own entities
is refused.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Any

from lxml import etree

OAI = "http://www.openarchives.org/OAI/2.0/"
MATHML = "http://www.w3.org/1998/Math/MathML"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

# The name of a namespace, and what is not a name: CDATA, comments and the values of other attributes.
_NAMESPACE = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|(\sxmlns(?::[^\s=<>]+)?\s*=\s*)(?:\"([^\"<]*)\"|'([^'<]*)')|"
    rb"=\s*(?:\"[^\"<]*\"|'[^'<]*')",
    re.DOTALL,
)
_NOT_IN_URIS = re.compile(rb"[^A-Za-z0-9:/?#@!$&'()*+,;=._~%-]|%(?![0-9A-Fa-f]{2})")
_NAME_OF_DOCUMENT = re.compile(r" \(<string>, line \d+\)$")
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
    strict = _parsers.huge if huge else _parsers.usual
    try:
        root = etree.fromstring(data, strict)
    except etree.XMLSyntaxError as error:
        if error.code != etree.ErrorTypes.WAR_NS_URI:  # type: ignore[attr-defined]  # stub
            raise
        root = etree.fromstring(_with_uris(data), strict)
    subset: Any = root.getroottree().docinfo.internalDTD
    if subset is not None and next(subset.iterentities(), None) is not None:
        raise UnsafeXml("the document declares its own entities; it is refused")
    return root


def _with_uris(data: bytes) -> bytes:
    """The document with percent signs in namespace names that are not URIs, such as `…/XML Schema-instance`.

    It is well-formed without them, but libxml2 refuses it. Nothing here depends on these names.
    """
    return _NAMESPACE.sub(_with_uri, data)


def _with_uri(match: re.Match[bytes]) -> bytes:
    start, *names = match.groups()
    if start is None:
        return match[0]
    name = next(name for name in names if name is not None)
    return b'%s"%s"' % (start, _NOT_IN_URIS.sub(lambda character: b"%%%02X" % ord(character[0]), name))


def brief(error: Exception) -> str:
    """The message of a parser, without the name that it gives to a document from memory."""
    return _NAME_OF_DOCUMENT.sub("", str(error))


def local(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments, processing instructions and entities."""
    return _local(element.tag)


@lru_cache(_CACHED_TAGS)
def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def serialise(element: etree._Element) -> bytes:
    """The element alone, as UTF-8 with every namespace it uses, without the text after it."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def indented(data: bytes) -> bytes:
    """A document of ours with a line for each element, for people. Elements that have text stay on one line.

    Raises `lxml.etree.XMLSyntaxError`.
    """
    root = parse(data)
    for element in root.iter():
        texts = (element.text, *(child.tail for child in element))
        if len(element) and not any(text and text.strip() for text in texts):
            element.text = None
            for child in element:
                child.tail = None
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
