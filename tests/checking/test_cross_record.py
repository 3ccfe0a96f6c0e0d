"""Findings that need more than one record or the last deposit come and go with their cause."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from harvester import store
from harvester.checking.cross_record import refresh_cross_record_findings, refresh_touched_findings
from harvester.store.store import Store
from tests.generated import harvest_generated
from tests.store import samples
from tests.store.test_cross_record import deposit
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


# ------------------------------------------------------------------------------------- those of a harvest alone

SOURCES = ("wetlands", "fens")
NUMBERS = (1, 2, 3)


def findings(opened: Store) -> dict[tuple[str, str], tuple[str, tuple[object, ...]]]:
    found = [one for number in NUMBERS for one in opened.articles.find(samples.name(number))]
    return {(one.source, one.identifier): (one.state, tuple(one.findings)) for one in found}


def saved(source: str, number: int, doi: int | None, references: int, *, deleted: bool) -> store.ArticleToSave:
    content = samples.article(number, doi=None if doi is None else f"10.5555/{doi}")
    content = replace(content, references=content.references[:references])
    return samples.article_to_save(number, content, source=source, deleted=deleted)


PAGES = st.lists(
    st.builds(
        saved,
        st.sampled_from(SOURCES),
        st.sampled_from(NUMBERS),
        st.none() | st.integers(1, 2),
        st.integers(0, 2),
        deleted=st.booleans(),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda save: save.identifier,
)


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 2)
@given(st.lists(st.tuples(PAGES, st.booleans()), min_size=2, max_size=5))
def test_a_harvest_refreshes_what_a_refresh_of_the_whole_store_would(steps):
    """Some pages are followed by an export, which compares the whole store."""
    with TemporaryDirectory() as folder, store.connect(samples.url(Path(folder))) as opened:
        for number, (saves, exports) in enumerate(steps):
            for source in SOURCES:
                if ours := [save for save in saves if save.source == source]:
                    samples.fill(opened, *ours, source=source)
            refresh_touched_findings(opened, SOURCES)
            after_harvest = findings(opened)
            refresh_cross_record_findings(opened, SOURCES)
            assert findings(opened) == after_harvest
            if exports and opened.ready.pending("crossref"):
                deposit(opened, f"b{number}")
                refresh_cross_record_findings(opened, SOURCES)


def test_what_was_touched_is_refreshed_once(opened):
    samples.fill(opened, samples.article_to_save(1), samples.article_to_save(2, samples.article(2, doi=None)))
    samples.fill(opened, samples.article_to_save(1, samples.article(1, doi="10.5555/NEW")))
    assert opened.articles.take_touched() == {"10.5555/reeds.1", "10.5555/new"}
    assert opened.articles.take_touched() == set()
