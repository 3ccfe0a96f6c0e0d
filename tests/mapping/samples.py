"""Raw records to map, and how the tests of this folder look at processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from harvester.mapping import ArticleMapper
from harvester.mapping.article_mapper import LiveRecords
from harvester.model import Hints, Policy, RawRecord
from tests.demo.many import many

MAPPER = ArticleMapper(Hints(name_order="family-first"), Policy(today="2026-01-01", doi_prefixes=("10.5555",)))
ODD = (
    RawRecord(identifier="not XML", datestamp="2020-01-01", payload=b"<a>"),
    RawRecord(identifier="another format", datestamp="never", payload=b"<a/>"),
    RawRecord(identifier="half \ud800", datestamp="2020-01-01", payload=b"<a/>"),
    RawRecord(identifier="repaired", datestamp="2020-01-01", payload=b"<a/>", original=b"page", repairs=("bytes",)),
)


def raw_records(count: int) -> list[RawRecord]:
    """Records in Dublin Core and JATS in turn."""
    return [
        RawRecord(identifier=record.identifier, datestamp="2020-01-01", payload=record.metadata[prefix])
        for record, prefix in zip(many(count), ("oai_dc", "jats") * count, strict=False)
    ]


def live(raws: Sequence[RawRecord]) -> list[LiveRecords]:
    return [{"any": raw} for raw in raws]


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def soon(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within some seconds."""
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
