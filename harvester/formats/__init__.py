"""Readers: each turns the raw records of one format into `Reading`s, without side effects.

A new format is a module with a `Reader`, and a row in `READERS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lxml import etree
from msgspec.structs import replace

from harvester.formats import jats, oai_dc
from harvester.formats.invisible import cleaned, invisible_findings
from harvester.formats.reader import Reader
from harvester.formats.repair import repair_texts
from harvester.model import Finding, Hints, RawRecord, Reading
from harvester.xmltools import UnsafeXml, brief, local, parse

# By the local name of the payload's root element. Metadata prefixes and namespaces differ between providers.
READERS: Mapping[str, Reader] = {"article": jats.READER, "dc": oai_dc.READER}

_WRAPPERS = frozenset(("record", "metadata"))


def read(record: RawRecord, hints: Hints) -> Reading:
    """The article in a record's payload, with all findings. Accepts any bytes and never raises.

    The root element inside `<metadata>` decides the format, not the requested metadata prefix.
    """
    (reading,) = read_all([record], hints)
    return reading


def read_all(records: Sequence[RawRecord], hints: Hints) -> list[Reading]:
    """The result of `read` for each record, in less time than one by one."""
    clean = [_without_invisible(record) for record in records]
    readings = _read_each(clean, hints)
    # A record with invisible characters is read a second time, with them, only to see in which values they are.
    for place, (before, after) in enumerate(zip(records, clean, strict=True)):
        if before is not after:
            (original,) = _read_each([before], hints)
            readings[place] = _with_findings(readings[place], invisible_findings(original.article))
    return readings


def _without_invisible(record: RawRecord) -> RawRecord:
    payload = record.payload
    if payload is None or (clean := cleaned(payload)) is payload:
        return record
    return replace(record, payload=clean)


def _with_findings(reading: Reading, findings: Iterable[Finding]) -> Reading:
    """The reading with these findings too, each once for its path."""
    known = {(finding.code, finding.path) for finding in reading.findings}
    added = {(finding.code, finding.path): finding for finding in findings}
    return Reading(reading.article, (*reading.findings, *(added[key] for key in added if key not in known)))


def _read_each(records: Sequence[RawRecord], hints: Hints) -> list[Reading]:
    roots = [_root(record) for record in records]
    readings = {place: root for place, root in enumerate(roots) if isinstance(root, Reading)}
    for name, reader in READERS.items():
        elements = {
            place: root for place, root in enumerate(roots) if not isinstance(root, Reading) and local(root) == name
        }
        found = reader.read(list(elements.values()), [records[place] for place in elements], hints)
        readings.update(zip(elements, found, strict=True))
    return [_repaired(readings[place], hints) for place in range(len(records))]


def _repaired(reading: Reading, hints: Hints) -> Reading:
    return repair_texts(reading, hints.repairs) if hints.repairs else reading


def _root(record: RawRecord) -> etree._Element | Reading:
    """The element that a reader reads, or the reading of a record without one."""
    if record.deleted or record.payload is None:
        return Reading(None)
    try:
        document = parse(record.payload)
    except (etree.XMLSyntaxError, UnsafeXml, ValueError) as error:
        return Reading(
            None, (Finding("payload-unreadable", value=record.identifier, detail={"problem": brief(error)}),)
        )
    root = _payload_root(document)
    if root is None:
        return Reading(None, (_without_element(document),))
    if local(root) not in READERS:
        return Reading(None, (Finding("format-unknown", value=local(root)),))
    return root


def _without_element(document: etree._Element) -> Finding:
    """The finding for a record whose metadata has no element: escaped XML, XML in CDATA, plain text, or nothing."""
    metadata = next((element for element in document.iter() if local(element) == "metadata"), None)
    text = "" if metadata is None else " ".join("".join(map(str, metadata.itertext())).split())
    return Finding("metadata-is-text", value=text[:60]) if text else Finding("metadata-empty")


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
        if name and name != "about" and first is None:
            first = child
    return first
