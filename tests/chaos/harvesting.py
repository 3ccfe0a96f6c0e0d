"""Harvests a provider and compares the store with its truth, record by record, text included."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from harvester.model import RawRecord, RunReport
from harvester.store import Store
from harvester.xmltools import parse
from tests.chaos.provider import Truth
from tests.workbench import Workbench


def bench(folder: Path, url: str, *, settings: str = "") -> Workbench:
    """A configuration for one source; `settings` are lines of its table."""
    made = Workbench(folder)
    made.configure(url, ["oai_dc"], prefixes=["10.5555"], more=settings)
    return made


def harvest(bench: Workbench, **options: object) -> RunReport:
    (run,) = bench.harvest(**options)
    return run


def held(bench: Workbench, prefix: str = "oai_dc") -> dict[str, RawRecord]:
    """Every record of the store by its identifier."""
    with bench.opened() as (_, store):
        names = store.identifiers("journal", "", 100_000)
        return {name: raw for name in names for held, raw in store.raw("journal", name) if held == prefix}


def same(store: dict[str, RawRecord], truth: Truth) -> None:
    """Asserts that the store holds what the provider does, no less and no more."""
    assert {name: facts(raw.payload) for name, raw in store.items()} == {
        name: facts(wrapped(data)) for name, data in truth.whole().items()
    }


def wrapped(data: bytes | None) -> bytes | None:
    return None if data is None else b"<record><metadata>" + data + b"</metadata></record>"


def facts(payload: bytes | None) -> list[tuple[str, str, str]] | None:
    """Every element of a record's metadata with its text."""
    if payload is None:
        return None
    elements: list[etree._Element] = list(parse(payload).iter())
    return [
        (etree.QName(one).localname, one.text or "", (one.tail or "").strip())
        for one in elements
        if isinstance(one.tag, str)
    ]


def state_of(store: Store) -> dict[str, object]:
    """All that a harvest leaves behind, without ids and the moments at which it was done."""
    names = store.identifiers("journal", "", 100_000)
    (status,) = store.status()
    records = {name: store.raw("journal", name) for name in names}
    articles = {name: store.article(name, "journal") for name in names}
    return {
        "records": records,
        "articles": {name: [(one.article, one.state, one.findings) for one in found] for name, found in articles.items()},
        "counts": (status.ready, status.held_back, status.deleted),
        "runs": [(run.state, run.kind, run.counts, run.pages, run.response_date) for run in store.runs()],
    }
