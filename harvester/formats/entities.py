"""Characters that only a DTD defines (mapping J2): DTDs are never loaded, so they are looked up by name."""

from __future__ import annotations

from html.entities import html5

from lxml import etree

from harvester.formats.notes import Notes
from harvester.xmltools import local


def character(entity: etree._Element) -> str:
    """The character an entity node stands for; the reference as written (`&fdg;`) where nobody knows it."""
    written = str(entity.text or "")
    return html5.get(written[1:], written)


def report_unresolved(element: etree._Element, seen: set[str], notes: Notes) -> None:
    """One finding for each name in the element that is not known and not among those seen before."""
    for entity in element.iter(etree.Entity):
        known_as = str(entity.text or "")[1:]
        if known_as not in html5 and known_as not in seen:
            seen.add(known_as)
            parent = entity.getparent()
            where = local(parent) if parent is not None else ""
            notes.doubt("unresolved-entity", "", known_as.rstrip(";"), element=where)
