"""Readers: each turns one raw record into a `Reading`, without side effects.

A new format is a module with a function `reading`, and a row in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from harvester.formats import jats, oai_dc
from harvester.formats.repair import repair_texts
from harvester.formats.steps import Steps, alone, in_step
from harvester.model import Finding, Hints, RawRecord, Reading
from harvester.xmltools import UnsafeXml, local, parse

Reader = Callable[[etree._Element, RawRecord, Hints], Steps[Reading]]

# By the local name of the payload's root element. Metadata prefixes and namespaces differ between providers.
READERS: Mapping[str, Reader] = {"article": jats.reading, "dc": oai_dc.reading}

_WRAPPERS = frozenset(("record", "metadata"))


def read(record: RawRecord, hints: Hints) -> Reading:
    """The article in a record's payload, with all findings. Accepts any bytes and never raises.

    The root element inside `<metadata>` decides the format, not the requested metadata prefix.
    """
    return alone(_reading(record, hints))


def read_all(records: Iterable[RawRecord], hints: Hints) -> list[Reading]:
    """The result of `read` for each record, in a third less time than one by one."""
    return in_step(_reading(record, hints) for record in records)


def _reading(record: RawRecord, hints: Hints) -> Steps[Reading]:
    if record.deleted or record.payload is None:
        return Reading(None)
    try:
        document = parse(record.payload)
    except (etree.XMLSyntaxError, UnsafeXml, ValueError) as error:
        return Reading(None, (Finding("payload-unreadable", value=record.identifier, detail={"problem": str(error)}),))
    yield
    root = _payload_root(document)
    reader = READERS.get(local(root)) if root is not None else None
    if root is None or reader is None:
        return Reading(None, (Finding("format-unknown", value=local(root) if root is not None else ""),))
    yield
    reading = yield from reader(root, record, hints)
    return repair_texts(reading, hints.repairs) if hints.repairs else reading


def _payload_root(root: etree._Element) -> etree._Element | None:
    """The element inside `<metadata>`, or the root itself if it is not wrapped."""
    element: etree._Element | None = root
    while element is not None and local(element) in _WRAPPERS:
        element = _content_of(element)
    return element


def _content_of(wrapper: etree._Element) -> etree._Element | None:
    """The `<metadata>` in a wrapper, else its first element."""
    first = None
    for child in wrapper:
        name = local(child)
        if name == "metadata":
            return child
        if name and first is None:
            first = child
    return first
