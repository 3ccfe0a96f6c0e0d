"""Access to a JATS tree: elements by local name (mapping J1), attributes, links."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lxml import etree

from harvester.xmltools import XLINK_HREF, local

Element = etree._Element
Grouped = dict[str, list[Element]]


def vocabulary(words: str) -> frozenset[str]:
    """The set of some words written in one line."""
    return frozenset(words.split())


def grouped(element: Element | None) -> Grouped:
    """The children by local name, each group in document order."""
    groups: Grouped = {}
    for child in element if element is not None else ():
        groups.setdefault(local(child), []).append(child)
    return groups


@cache
def _patterns(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names in whatever namespace, as lxml asks for them."""
    return tuple(f"{{*}}{each}" for each in names)


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of those local names, in document order."""
    return element.iterchildren(*_patterns(names)) if len(element) else iter(())


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of one of those local names."""
    for each in element if element is not None else ():
        if local(each) in names:
            return each
    return None


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Everything below of those local names, in document order."""
    return element.iterdescendants(*_patterns(names)) if len(element) else iter(())


def inside(element: Element, names: frozenset[str], stop: Element) -> bool:
    """Whether an element of those names stands between the element and `stop`."""
    parent = element.getparent()
    while parent is not None and parent is not stop:
        if local(parent) in names:
            return True
        parent = parent.getparent()
    return False


def attribute(element: Element, *names: str) -> str:
    """The first of those attributes that is not empty, in lower case; else an empty string."""
    for each in names:
        if value := element.get(each):
            return value.strip().lower()
    return ""


def href(element: Element) -> str | None:
    """Where the element links to: `xlink:href`, or `href` of those who forget the prefix."""
    value = element.get(XLINK_HREF) or element.get("href") or element.get("xlink:href") or ""
    return value.strip() or None
