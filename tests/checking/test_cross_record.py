"""A thinner record is warned of before it overwrites the richer deposit, and not any more afterwards."""

from __future__ import annotations

from contextlib import contextmanager

from tests.generated import harvest_generated
from tests.workbench import Workbench

THINNER = ["deposit-thinner"]


def test_a_thinner_record_is_warned_of(tmp_path):
    bench = Workbench(tmp_path)
    harvest_generated(bench, 3, references=5)
    assert bench.check(codes=THINNER) == []
    first = bench.export()
    assert (sum(file.records for file in first.files), first.thinner) == (3, ())

    harvest_generated(bench, 3, references=2)
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
    harvest_generated(bench, 3, references=5)
    bench.export()
    harvest_generated(bench, 3, references=0)
    assert len(bench.check(codes=THINNER)) == 3
    harvest_generated(bench, 3, references=6)
    assert bench.check(codes=THINNER) == []
    assert bench.export().thinner == ()


def test_marking_changes_nothing_that_is_up_to_date(tmp_path, monkeypatch):
    bench = Workbench(tmp_path)
    harvest_generated(bench, 3, references=5)
    bench.export()
    harvest_generated(bench, 3, references=1)
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
