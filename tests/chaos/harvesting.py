"""Harvests a provider and compares the store with its truth, record by record, text included."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from lxml import etree

from harvester import pipeline
from harvester.model import RawRecord
from harvester.reports import RunReport
from harvester.store import Store
from harvester.xmltools import parse
from tests.providers.truth import Truth
from tests.workbench import Workbench

ENVELOPE = ("record", "metadata")


def bench(folder: Path, url: str, *, settings: str = "") -> Workbench:
    """A configuration for one source; `settings` are lines of its table."""
    made = Workbench(folder)
    made.configure(url, ["oai_dc"], prefixes=["10.5555"], more=settings)
    return made


def harvest(bench: Workbench, **options: object) -> RunReport:
    (run,) = bench.harvest(**options)
    return run


def reconcile(bench: Workbench, **options: object) -> RunReport:
    with bench.opened() as (config, store):
        (run,) = pipeline.reconcile(config, store, now=bench.now, **options)  # type: ignore[arg-type]
    return run


def held(bench: Workbench, prefix: str = "oai_dc") -> dict[str, RawRecord]:
    """Every record of the store by its identifier."""
    with bench.opened() as (_, store):
        names = store.articles.identifiers("journal", "", 100_000)
        return {name: raw for name in names for held, raw in store.records.raw("journal", name) if held == prefix}


def differing(store: dict[str, RawRecord], truth: Truth, sets: Collection[str] = ()) -> set[str]:
    """The identifiers of records, of these sets or of all, that one of both has alone, or whose text is another.

    The tombstone of a record that the provider does not know any more says the same as it does.
    """
    there = {name: facts(wrapped(data)) for name, data in truth.whole(sets=sets).items()}
    here = {name: facts(raw.payload) for name, raw in store.items() if not raw.deleted or name in there}
    return {
        name
        for name in there.keys() | here.keys()
        if (name in there, there.get(name)) != (name in here, here.get(name))
    }


def same(store: dict[str, RawRecord], truth: Truth) -> None:
    """Asserts that the store holds what the provider does, no less and no more."""
    assert differing(store, truth) == set()


def still_rejected(bench: Workbench) -> set[str]:
    """The identifiers of the records that were rejected and have not come since."""
    with bench.opened() as (_, store):
        return {one.identifier for one in store.records.unresolved_rejections("journal", "oai_dc")}


def wrapped(data: bytes | None) -> bytes | None:
    return None if data is None else b"<record><metadata>" + data + b"</metadata></record>"


def facts(payload: bytes | None) -> list[tuple[str, str, str]] | None:
    """Every element of a record's metadata with its text."""
    if payload is None:
        return None
    elements: list[etree._Element] = list(parse(payload, huge=True).iter())
    names = [(etree.QName(one), one) for one in elements if isinstance(one.tag, str)]
    return [
        (name.text, one.text or "", (one.tail or "").strip()) for name, one in names if name.localname not in ENVELOPE
    ]


def state_of(store: Store) -> dict[str, object]:
    """All that a harvest leaves behind, without ids, the moments at which it was done, and its number of pages."""
    names = store.articles.identifiers("journal", "", 100_000)
    (status,) = store.status()
    records = {name: store.records.raw("journal", name) for name in names}
    articles = {name: store.articles.find(name, "journal") for name in names}
    return {
        "records": records,
        "articles": {
            name: [(one.article, one.state, one.findings) for one in found] for name, found in articles.items()
        },
        "counts": (status.ready, status.held_back, status.deleted),
        "runs": [(run.state, run.kind, run.counts, run.response_date) for run in store.runs.latest()],
    }
