"""Characters that only a DTD defines (mapping J2). DTDs are never loaded, so the characters are looked up by name."""

from __future__ import annotations

from html.entities import html5

from lxml import etree

from harvester.formats.notes import Notes
from harvester.xmltools import local


def character_of(entity: etree._Element) -> str:
    """The character of an entity node, or the reference as written (`&fdg;`) if the name is unknown."""
    reference = str(entity.text or "")
    return html5.get(reference[1:], reference)


def report_unresolved(element: etree._Element, seen: set[str], notes: Notes) -> None:
    """Reports each unknown entity name in the element once. Adds it to `seen`, and skips names already there."""
    for entity in element.iter(etree.Entity):
        name = str(entity.text or "")[1:]
        if name not in html5 and name not in seen:
            seen.add(name)
            parent = entity.getparent()
            parent_name = local(parent) if parent is not None else ""
            notes.report("unresolved-entity", "", name.rstrip(";"), element=parent_name)
