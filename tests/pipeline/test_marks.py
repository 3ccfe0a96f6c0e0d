"""A thinner record is warned of before it overwrites the richer deposit, and not any more afterwards."""

from __future__ import annotations

from contextlib import contextmanager

from harvester.demo.provider import serve
from harvester.demo.repository import Repository
from tests.demo.many import ISSNS, many
from tests.workbench import Workbench

JOURNAL = f'\n[journals."{ISSNS[0]}"]\nissn_print = "{ISSNS[0]}"\nissn_electronic = "{ISSNS[1]}"\n'
THINNER = ["deposit-thinner"]


def harvested(bench: Workbench, references: int) -> None:
    """The journal's three articles, with so many references each, from a provider at a new address."""
    with serve(Repository(many(3, references=references))) as provider:
        bench.configure(provider.url, ["jats"], prefixes=["10.5555"], more=JOURNAL)
        (run,) = bench.harvest()
    assert run.state == "complete", run.error


def test_a_thinner_record_is_warned_of(tmp_path):
    bench = Workbench(tmp_path)
    harvested(bench, 5)
    assert bench.check(codes=THINNER) == []
    first = bench.export()
    assert (sum(file.records for file in first.files), first.thinner) == (3, ())

    harvested(bench, 2)
    warned = bench.check(codes=THINNER)
    assert [one.path for one in warned] == [""] * 3
    assert warned[0].severity == "warning"
    assert "references (2 now, 5 before)" in warned[0].message
    assert len(bench.export(dry_run=True).thinner) == 3
    assert len(bench.check(codes=THINNER)) == 3

    second = bench.export()
    assert (sum(file.records for file in second.files), len(second.thinner)) == (3, 3)
    assert bench.check(codes=THINNER) == []


def test_what_grows_again_before_the_export_is_not_warned_of(tmp_path):
    bench = Workbench(tmp_path)
    harvested(bench, 5)
    bench.export()
    harvested(bench, 0)
    assert len(bench.check(codes=THINNER)) == 3
    harvested(bench, 6)
    assert bench.check(codes=THINNER) == []
    assert bench.export().thinner == ()


def test_marking_changes_nothing_that_is_up_to_date(tmp_path, monkeypatch):
    bench = Workbench(tmp_path)
    harvested(bench, 5)
    bench.export()
    harvested(bench, 1)
    bench.check()
    with forbidden(monkeypatch):
        assert len(bench.check(codes=THINNER)) == 3


@contextmanager
def forbidden(monkeypatch):
    """Nothing is written to findings here."""
    from harvester.store.store import Store

    def refuse(*_: object) -> None:
        raise AssertionError("findings are written again")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "replace_findings", refuse)
        yield
