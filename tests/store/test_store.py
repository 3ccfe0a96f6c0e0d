"""A step is written completely or not at all. SQLAlchemy is imported only when a store is opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester import store
from harvester.errors import RunTaken
from harvester.store.run_structs import Advance
from harvester.store.store import Store
from tests.store.samples import NEXT, NOW, article_to_save, bad, begin, fill, finding, name, page, raw, row_of, url


def test_step_writes_its_page_its_articles_and_its_checkpoint(opened: Store):
    run, window = begin(opened)
    saved = replace(page(raw(1), raw(2), articles=[article_to_save(1)]), bad=(bad(name(3), "no metadata"),))
    opened.apply(run.id, (Advance(window.id, NEXT, 3, 250),), saved)
    after = opened.runs.get(run.id)
    assert (after.pages, after.counts.new, after.counts.rejected) == (1, 2, 1)
    assert after.windows[0].token == NEXT
    assert (after.windows[0].state, after.windows[0].pages, after.windows[0].seen) == ("open", 1, 3)
    assert [one.identifier for one in opened.articles.find(name(1))] == [name(1)]
    assert [one.identifier for one in opened.records.rejected(run.id)] == [name(3)]


def test_checkpoint_does_not_move_without_a_transition(opened: Store):
    run, _ = begin(opened)
    opened.apply(run.id, (), page(raw(1)))
    after = opened.runs.get(run.id)
    assert (after.windows[0].state, after.windows[0].token, after.windows[0].pages) == ("open", None, 0)
    assert after.counts.new == 1


def test_step_resolves_earlier_rejections(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2))
    run, _ = begin(opened)
    opened.apply(run.id, (), replace(page(), bad=(bad(name(1), "no metadata"), bad(name(2), "no metadata"))))
    opened.runs.finish(run.id, "failed", NOW)
    opened.apply(begin(opened)[0].id, resolved=[name(1)])
    assert [one.identifier for one in opened.records.unresolved_rejections("wetlands", "oai_dc")] == [name(2)]


def test_failed_step_writes_nothing(opened: Store, monkeypatch: pytest.MonkeyPatch):
    run, window = begin(opened)
    monkeypatch.setattr("harvester.store.store.save_articles", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        opened.apply(run.id, (Advance(window.id, None, 1, None),), page(raw(1), articles=[article_to_save(1)]))
    after = opened.runs.get(run.id)
    assert (after.pages, after.counts.new, after.windows[0].state) == (0, 0, "open")
    assert opened.articles.identifiers("wetlands", "", 10) == []


def test_store_is_created_and_is_there_the_next_time(tmp_path: Path):
    with store.connect(url(tmp_path)) as opened:
        fill(opened, article_to_save(1))
    with store.connect(url(tmp_path)) as opened:
        assert opened.articles.identifiers("wetlands", "", 10) == [name(1)]


def test_overview_creates_a_missing_store(tmp_path: Path):
    with store.open_overview(url(tmp_path)) as overview:
        assert overview.status() == ()
    with store.connect(url(tmp_path)) as opened:
        opened.runs.begin("wetlands", "oai_dc", "full", (), NOW)


def test_importing_the_package_is_fast():
    """Importing SQLAlchemy takes 200 ms, which a command without a store does not need."""
    loaded = "'sqlalchemy' in sys.modules"
    program = f"import sys, harvester.store as package; print({loaded}, package.Store.__name__, {loaded})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "Store", "True"]


def test_the_package_has_no_other_names():
    with pytest.raises(AttributeError):
        _ = store.Shop


def test_status_counts_every_record_once(opened: Store):
    saves = [article_to_save(n) for n in range(3)]
    saves += [article_to_save(3, findings=(finding("error"),)), article_to_save(4, row=None, deleted=True)]
    fill(opened, *saves)
    jats = opened.runs.begin("wetlands", "jats", "full", [], NOW)
    begin(opened, "fens")
    fens, wetlands = opened.status()
    assert (wetlands.ready, wetlands.held_back, wetlands.deleted) == (3, 1, 1)
    unreached, dublin = wetlands.formats
    assert (dublin.prefix, dublin.live, dublin.deleted) == ("oai_dc", 4, 1)
    assert dublin.last_complete == dublin.last_run == row_of(opened.runs.last_complete("wetlands", "oai_dc"))
    assert (unreached.prefix, unreached.live, unreached.last_complete) == ("jats", 0, None)
    assert unreached.last_run == row_of(jats)
    assert (fens.source, fens.ready, fens.formats[0].last_complete) == ("fens", 0, None)


def test_process_whose_run_was_taken_up_cannot_write_into_it(opened: Store):
    """It lost the lock of the source without knowing it, as when the network to the server of the store was cut."""
    run, window = begin(opened)
    opened.apply(run.id, (Advance(window.id, NEXT, 1),), page(raw(1)), taken=run.taken)
    taken_up = opened.runs.resume(run.id)
    with pytest.raises(RunTaken, match="taken up by another process"):
        opened.apply(run.id, (Advance(window.id, NEXT, 1),), page(raw(2)), taken=run.taken)
    with pytest.raises(RunTaken):
        opened.runs.finish(run.id, "failed", NOW, taken=run.taken)
    assert (opened.runs.get(run.id).state, opened.runs.get(run.id).pages) == ("running", 1)
    opened.apply(run.id, (Advance(window.id, None, 1),), page(raw(2)), taken=taken_up.taken)
    assert opened.runs.finish(run.id, "complete", NOW, taken=taken_up.taken).state == "complete"
