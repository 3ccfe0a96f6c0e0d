"""Access to a JATS tree: elements by local name (mapping J1), attributes and links."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lxml import etree

from harvester.xmltools import XLINK_HREF, local

Element = etree._Element
Grouped = dict[str, list[Element]]


def vocabulary(words: str) -> frozenset[str]:
    """The set of the words in a line."""
    return frozenset(words.split())


def grouped(element: Element | None) -> Grouped:
    """The children of an element by local name, each list in document order."""
    groups: Grouped = {}
    for child in element if element is not None else ():
        groups.setdefault(local(child), []).append(child)
    return groups


@cache
def _patterns(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names in any namespace, in lxml's notation."""
    return tuple(f"{{*}}{name}" for name in names)


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children with these local names, in document order."""
    return element.iterchildren(*_patterns(names)) if len(element) else iter(())


def child(element: Element | None, *names: str) -> Element | None:
    """The first child with one of these local names."""
    for candidate in element if element is not None else ():
        if local(candidate) in names:
            return candidate
    return None


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """All descendants with these local names, in document order."""
    return element.iterdescendants(*_patterns(names)) if len(element) else iter(())


def is_inside(element: Element, names: frozenset[str], stop: Element) -> bool:
    """Whether there is an element with one of these names between the element and its ancestor `stop`."""
    parent = element.getparent()
    while parent is not None and parent is not stop:
        if local(parent) in names:
            return True
        parent = parent.getparent()
    return False


def attribute(element: Element, *names: str) -> str:
    """The first of these attributes that is not empty, in lower case; else an empty string."""
    for name in names:
        if value := element.get(name):
            return value.strip().lower()
    return ""


def href(element: Element) -> str | None:
    """The link of an element: `xlink:href`, or `href` if the publisher forgot the prefix."""
    value = element.get(XLINK_HREF) or element.get("href") or element.get("xlink:href") or ""
    return value.strip() or None
