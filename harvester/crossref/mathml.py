"""What Crossref's schema accepts as MathML, as regular expressions: loading the schema itself takes seconds.

mathml.toml has the whole grammar of the schema. `python -m tests.crossref.mathml` makes it from the schema.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

import msgspec
from lxml import etree
from msgspec import Struct

from harvester.xmltools import MATHML, UnsafeXml, parse

_REFERENCE = re.compile(r"\{([A-Za-z][\w.-]*)\}")
_NAMESPACE = f"{{{MATHML}}}"
_OTHER_NAMESPACE = "*"


class Attributes(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of attributes: those of other groups, and its own with the pattern of their values."""

    groups: tuple[str, ...] = ()
    values: dict[str, str] = {}


class Element(Attributes, frozen=True, forbid_unknown_fields=True):
    """An element: a pattern for the names of its children, and whether it may contain text."""

    content: str = ""
    text: bool = False


class Grammar(Struct, frozen=True, forbid_unknown_fields=True):
    """The file. Patterns may refer to a group of elements or to a type of values by its name in braces."""

    groups: dict[str, str]
    types: dict[str, str]
    attributes: dict[str, Attributes]
    elements: dict[str, Element]

    def content(self, name: str) -> re.Pattern[str]:
        return re.compile(_expanded(self.elements[name].content, self.groups))

    def value(self, element: str, attribute: str) -> re.Pattern[str] | None:
        """The values of an attribute; `None` if the element may not have it."""
        pattern = dict(self._values(self.elements[element])).get(attribute)
        return None if pattern is None else re.compile(_expanded(pattern, self.types), re.ASCII)

    def _values(self, holder: Attributes) -> Iterator[tuple[str, str]]:
        for name in holder.groups:
            yield from self._values(self.attributes[name])
        yield from holder.values.items()


def _expanded(pattern: str, named: Mapping[str, str]) -> str:
    """The pattern with every reference replaced."""
    return _REFERENCE.sub(lambda match: _expanded(named[match[1]], named), pattern)


@cache
def grammar() -> Grammar:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Grammar)


@lru_cache(1024)
def problem_of(mathml: str) -> str | None:
    """The first reason why the schema would refuse a serialised `<math>` element; `None` if it accepts the element."""
    try:
        root = parse(mathml.encode("utf-8", "surrogatepass"))
    except (etree.XMLSyntaxError, UnsafeXml):
        return "it is not well-formed XML"
    if root.tag != f"{_NAMESPACE}math":
        return "it is not MathML"
    return next(_problems(root), None)


def _problems(element: etree._Element) -> Iterator[str]:
    """The problems of an element and of everything in it. Elements in another namespace are not checked."""
    name = _name(element)
    if name == _OTHER_NAMESPACE:
        return
    if name not in grammar().elements:
        yield f"<{name}> is not an element of MathML"
        return
    if not _content(name).fullmatch("".join(f"{_name(child)} " for child in element)):
        yield f"<{name}> does not contain the elements that it must"
    if not grammar().elements[name].text and _has_text(element, name):
        yield f"there is bare text in <{name}>"
    for key, value in ((str(key), str(value)) for key, value in element.attrib.items()):
        if not _accepts(name, key, value):
            yield f'<{name}> has {key}="{value}"'
    for child in element:
        yield from _problems(child)


def _name(element: etree._Element) -> str:
    tag: object = element.tag
    if not isinstance(tag, str) or not tag.startswith(_NAMESPACE):
        return _OTHER_NAMESPACE
    return tag.removeprefix(_NAMESPACE)


def _has_text(element: etree._Element, name: str) -> bool:
    """Whether there is text that may not be there. An element that must be empty may not even contain a blank."""
    allowed = " \t\r\n" if grammar().elements[name].content else ""
    return any(part and part.strip(allowed) for part in (element.text, *(child.tail for child in element)))


@cache
def _content(name: str) -> re.Pattern[str]:
    return grammar().content(name)


@lru_cache(512)
def _value(element: str, attribute: str) -> re.Pattern[str] | None:
    return grammar().value(element, attribute)


def _accepts(element: str, attribute: str, value: str) -> bool:
    pattern = _value(element, attribute)
    return pattern is not None and pattern.fullmatch(" ".join(value.split())) is not None
