"""A record with less metadata than its last deposit gets a warning until it is deposited."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.generated import harvest_generated
from tests.workbench import Workbench

THINNER = ["deposit-thinner"]


def test_thinner_record_gets_a_warning_until_it_is_deposited(tmp_path):
    bench = Workbench(tmp_path)
    harvest_generated(bench, 3, references=5)
    assert bench.check(codes=THINNER) == []
    first = bench.export()
    assert (sum(file.records for file in first.files), first.thinner) == (3, ())

    harvest_generated(bench, 3, references=2)
    warnings = bench.check(codes=THINNER)
    assert [one.path for one in warnings] == [""] * 3
    assert warnings[0].severity == "warning"
    assert "references (2 now, 5 before)" in warnings[0].message
    assert len(bench.export(dry_run=True).thinner) == 3
    assert len(bench.check(codes=THINNER)) == 3

    second = bench.export()
    assert (sum(file.records for file in second.files), len(second.thinner)) == (3, 3)
    assert bench.check(codes=THINNER) == []


def test_record_that_is_complete_again_before_the_export_loses_the_warning(tmp_path):
    bench = Workbench(tmp_path)
    harvest_generated(bench, 3, references=5)
    bench.export()
    harvest_generated(bench, 3, references=0)
    assert len(bench.check(codes=THINNER)) == 3
    harvest_generated(bench, 3, references=6)
    assert bench.check(codes=THINNER) == []
    assert bench.export().thinner == ()


def test_refresh_writes_nothing_that_is_up_to_date(tmp_path):
    bench = Workbench(tmp_path)
    harvest_generated(bench, 3, references=5)
    bench.export()
    harvest_generated(bench, 3, references=1)
    bench.check()
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection:
        before = connection.execute("PRAGMA data_version").fetchone()  # another one after any commit of others
        assert len(bench.check(codes=THINNER)) == 3
        assert connection.execute("PRAGMA data_version").fetchone() == before
