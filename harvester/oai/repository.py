"""What a repository says about itself: Identify, ListMetadataFormats, ListSets. Document -> Structs, pure."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from harvester.errors import OaiCode, ProtocolError
from harvester.model import Format, Identity, SetInfo
from harvester.oai.pages import Document, containers
from harvester.xmltools import OAI, local

_TOOLKITS = ("toolkit", "XOAIDescription")


def identity(document: Document) -> Identity:
    """The answer to Identify. What is missing is an empty string; an unknown granularity means days (metha)."""
    parts = containers(document, "Identify")
    return Identity(
        repository=_first(parts, "repositoryName"),
        base_url=_first(parts, "baseURL"),
        earliest=_first(parts, "earliestDatestamp"),
        deleted_record=_first(parts, "deletedRecord"),
        granularity="second" if _first(parts, "granularity").lower() == "yyyy-mm-ddthh:mm:ssz" else "day",
        response_date=(document.root.findtext(f"{{{OAI}}}responseDate") or "").strip(),
        emails=tuple(_values(parts, "adminEmail")),
        software=_software(parts),
    )


def formats(document: Document) -> tuple[Format, ...]:
    """The rows of ListMetadataFormats, in order; empty for noMetadataFormats."""
    try:
        listed = containers(document, "ListMetadataFormats")
    except ProtocolError as error:
        if error.code == OaiCode.NO_METADATA_FORMATS:
            return ()
        raise
    rows = (row for part in listed for row in part.iterchildren(f"{{{OAI}}}metadataFormat"))
    named = (
        Format(_text(row, "metadataPrefix"), _text(row, "schema"), _text(row, "metadataNamespace")) for row in rows
    )
    return tuple(format for format in named if format.prefix)


def sets(document: Document) -> tuple[SetInfo, ...]:
    """The rows of one page of ListSets; empty if the repository has no sets."""
    try:
        listed = containers(document, "ListSets")
    except ProtocolError as error:
        if error.code == OaiCode.NO_SET_HIERARCHY:
            return ()
        raise
    rows = (row for part in listed for row in part.iterchildren(f"{{{OAI}}}set"))
    named = (SetInfo(_text(row, "setSpec"), _text(row, "setName")) for row in rows)
    return tuple(row for row in named if row.spec)


def _values(parts: list[etree._Element], name: str) -> Iterator[str]:
    for part in parts:
        for element in part.iterchildren(f"{{{OAI}}}{name}"):
            if value := (element.text or "").strip():
                yield value


def _first(parts: list[etree._Element], name: str) -> str:
    return next(_values(parts, name), "")


def _text(row: etree._Element, name: str) -> str:
    return (row.findtext(f"{{{OAI}}}{name}") or "").strip()


def _software(parts: list[etree._Element]) -> str | None:
    """Name and version, such as `Open Journal Systems 3.4.0.10`, from the description of the toolkit."""
    for part in parts:
        for described in part.iterchildren(f"{{{OAI}}}description"):
            for element in described:
                if local(element) in _TOOLKITS and (name := _toolkit(element)):
                    return name
    return None


def _toolkit(element: etree._Element) -> str:
    words = {local(child): " ".join((child.text or "").split()) for child in element}
    return " ".join(filter(None, (words.get("title"), words.get("version")))) or " ".join((element.text or "").split())
