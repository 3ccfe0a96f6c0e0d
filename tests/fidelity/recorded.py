"""Every record in the recorded data, whatever its format: JATS files, and the records of OAI-PMH pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harvester.oai import pages
from harvester.xmltools import local


def recorded_payloads(shared: Path) -> Iterator[tuple[str, bytes]]:
    """The payload of each record, with a name to find it by."""
    folder = shared / "data"
    for path in sorted((folder / "jats").iterdir()):
        yield path.name, path.read_bytes()
    for path in sorted([*folder.glob("oai/*.xml"), *folder.glob("recorded/*/*.xml")]):
        for number, payload in enumerate(_payloads(path.read_bytes())):
            yield f"{path.parent.name}/{path.stem}#{number}", payload


def _payloads(data: bytes) -> list[bytes]:
    """The payloads of a page; none if it is no page of records: other tests cover that."""
    try:
        document = pages.read(data)
        verb = next(local(node) for node in document.root if local(node) in ("ListRecords", "GetRecord"))
        return [raw.payload for raw in pages.page(document, verb).records if raw.payload is not None]
    except Exception:
        return []
