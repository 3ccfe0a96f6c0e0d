"""Readers: one raw record to a Reading, pure. A new format is a module with `reading`, and a row here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from harvester.formats import jats, oai_dc
from harvester.formats.repair import repaired
from harvester.formats.steps import Steps, alone, in_step
from harvester.model import Finding, Hints, RawRecord, Reading
from harvester.xmltools import UnsafeXml, local, parse

Reader = Callable[[etree._Element, RawRecord, Hints], Steps[Reading]]

# By the local name of the payload's root element: prefixes and namespaces differ between providers.
READERS: Mapping[str, Reader] = {"article": jats.reading, "dc": oai_dc.reading}

_WRAPPERS = frozenset(("record", "metadata"))


def read(record: RawRecord, hints: Hints) -> Reading:
    """The article in a record's payload and every doubt about it. Takes any bytes and raises nothing.

    The format is recognised by the root element inside `<metadata>`, not by the prefix that was asked for.
    """
    return alone(_reading(record, hints))


def read_all(records: Iterable[RawRecord], hints: Hints) -> list[Reading]:
    """What `read` says of each of them, in a third less time than one by one."""
    return in_step(_reading(record, hints) for record in records)


def _reading(record: RawRecord, hints: Hints) -> Steps[Reading]:
    if record.deleted or record.payload is None:
        return Reading(None)
    try:
        document = parse(record.payload)
    except (etree.XMLSyntaxError, UnsafeXml, ValueError) as error:
        return Reading(None, (Finding("payload-unreadable", value=record.identifier, detail={"problem": str(error)}),))
    yield
    root = _content(document)
    reader = READERS.get(local(root)) if root is not None else None
    if root is None or reader is None:
        return Reading(None, (Finding("format-unknown", value=local(root) if root is not None else ""),))
    yield
    reading = yield from reader(root, record, hints)
    return repaired(reading, hints.repairs) if hints.repairs else reading


def _content(root: etree._Element) -> etree._Element | None:
    """The element inside `<metadata>`; the root itself where nothing is wrapped around it."""
    element: etree._Element | None = root
    while element is not None and local(element) in _WRAPPERS:
        element = _inside(element)
    return element


def _inside(wrapper: etree._Element) -> etree._Element | None:
    """Its `<metadata>`, else the first element in it."""
    first = None
    for child in wrapper:
        name = local(child)
        if name == "metadata":
            return child
        if name and first is None:
            first = child
    return first
