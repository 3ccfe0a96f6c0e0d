"""A record that waits for a date comes free on its day, though neither configuration nor program changed."""

from __future__ import annotations

import pytest

from harvester import pipeline
from harvester.pipeline.mapping import Mapper
from tests.cli import provider
from tests.oai.server import Server, envelope, reply
from tests.workbench import Workbench

JOURNAL = '\n[journals."2049-3630"]\ntitle = "Journal of Small Things"\nissn_electronic = "2049-3630"\n'
AHEAD = {"date-in-future", "date-ahead"}


@pytest.fixture
def bench(tmp_path):
    """Three articles, of which number 1 has the date 2027-03-02."""
    records = "".join(map(provider.article, (1, 2, 3))).replace("<dc:date>2024-01-01<", "<dc:date>2027-03-02<")

    def answer(request):
        known = {"Identify": provider.IDENTIFY, "ListRecords": f"<ListRecords>{records}</ListRecords>"}
        return reply(envelope(known[request.query["verb"]]))

    bench = Workbench(tmp_path)
    with Server(answer) as server:
        bench.configure(server.url, ["oai_dc"], prefixes=["10.12345"], more=JOURNAL)
        (run,) = bench.harvest()
    assert run.state == "complete", run.error
    return bench


def refreshed(bench: Workbench, today: str) -> tuple[int, set[str]]:
    with bench.opened() as (config, store):
        count = pipeline.refresh(config, store, today=today)
        return count, {row.identifier for row in store.findings(codes=AHEAD)}


def test_a_record_comes_free_on_its_day(bench):
    assert refreshed(bench, "2026-12-01") == (0, {"oai:small:1"})
    assert refreshed(bench, "2027-02-28") == (0, {"oai:small:1"})
    assert refreshed(bench, "2027-03-01") == (1, set())  # it is the 2nd in Auckland
    assert refreshed(bench, "2027-03-02") == (0, set())
    with bench.opened() as (_, store):
        assert store.status()[0].ready == 3


def test_nothing_is_read_while_nobody_waits(bench, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("records are mapped again")

    monkeypatch.setattr(Mapper, "again", refuse)
    assert refreshed(bench, "2026-12-01")[0] == 0


def test_the_export_of_that_day_has_it(bench):
    assert sum(file.records for file in bench.export().files) == 2
    with bench.opened() as (config, store):
        later = bench.now().replace(year=2027, month=3, day=2)
        report = pipeline.export(config, store, now=lambda: later)
    assert [file.dois for file in report.files] == [("10.12345/small.1",)]
