from __future__ import annotations

from datetime import timedelta

from harvester.store import PageToSave, UnresolvedRejection
from harvester.store.store import Store
from tests.store.conftest import only_sqlite
from tests.store.samples import NOW, article_to_save, bad, begin, fill, name, page, raw, save_page

LATER = NOW + timedelta(days=400)


def harvest(store: Store, text: str) -> int:
    run, window = begin(store)
    save_page(store, run.id, window.id, page(raw(1, text), decision="changed", articles=[article_to_save(1)]))
    store.runs.finish(run.id, "complete", NOW)
    return run.id


def test_prune_deletes_earlier_versions(opened: Store):
    first, second, third = (harvest(opened, text) for text in ("first", "second", "third"))
    pruned = opened.retention.prune(NOW + timedelta(days=1))
    assert (pruned.versions, pruned.payloads) == (2, 2)
    assert {run.id for run in opened.runs.latest()} == {third}
    assert opened.records.live("wetlands", ["oai_dc"], [name(1)])[name(1), "oai_dc"].payload == raw(1, "third").payload
    assert opened.check_integrity(deep=True) == []
    assert first < second < third


def test_prune_keeps_younger_runs_and_those_the_next_harvest_needs(opened: Store):
    complete = harvest(opened, "first")
    failed, _ = begin(opened)
    opened.runs.finish(failed.id, "failed", NOW, "no answer")
    newest, _ = begin(opened)
    opened.runs.finish(newest.id, "failed", NOW, "no answer")
    assert opened.retention.prune(NOW - timedelta(days=1)).runs == 0
    opened.retention.prune(LATER)
    assert {run.id for run in opened.runs.latest()} == {complete, newest.id}


def test_prune_deletes_old_rejections(opened: Store):
    fill(opened, article_to_save(1))
    run, window = begin(opened)
    save_page(opened, run.id, window.id, PageToSave(bad=(bad(None, "no identifier", b"<r/>"),)))
    opened.runs.finish(run.id, "complete", NOW)
    pruned = opened.retention.prune(LATER)
    assert (pruned.rejected, pruned.payloads) == (1, 1)
    assert opened.check_integrity(deep=True) == []


def test_prune_keeps_unresolved_rejections(opened: Store):
    for number, reason in ((1, "HTTP 500"), (2, "HTTP 500"), (1, "half a document")):
        run, _ = begin(opened)
        save_page(opened, run.id, None, PageToSave(bad=(bad(name(number), reason),)))
        opened.runs.finish(run.id, "failed", NOW, "no answer")
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(2)))
    opened.runs.finish(run.id, "complete", NOW)
    for rejections in (2, 0):
        assert opened.retention.prune(LATER).rejected == rejections
        assert opened.records.unresolved_rejections("wetlands", "oai_dc") == [
            UnresolvedRejection(name(1), "half a document")
        ]
    assert opened.check_integrity(deep=True) == []


@only_sqlite
def test_foreign_keys_are_on_after_prune(opened: Store):
    harvest(opened, "first")
    opened.retention.prune(LATER)
    with opened._database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
