from __future__ import annotations

from datetime import timedelta

from harvester.store import Alert, PageToSave, UnresolvedRejection
from harvester.store.store import Store
from tests.store.samples import NOW, article_save, bad, begin, fill, name, page, raw, save_page

LATER = NOW + timedelta(days=400)


def test_running_runs_are_those_that_were_not_ended(opened: Store):
    first, _ = begin(opened)
    second, _ = begin(opened, "fens")
    opened.finish_run(first.id, "failed", NOW, "no answer")
    assert [run.id for run in opened.running_runs()] == [second.id]


def test_alerts_are_remembered_until_they_are_dropped(opened: Store):
    opened.keep_alerts([Alert("fens", NOW, NOW), Alert("reeds", NOW, NOW)])
    opened.keep_alerts([Alert("fens", NOW, LATER)])
    assert opened.alerts() == {"fens": Alert("fens", NOW, LATER), "reeds": Alert("reeds", NOW, NOW)}
    opened.drop_alerts(["fens"])
    assert list(opened.alerts()) == ["reeds"]


def test_there_was_no_export_yet(opened: Store):
    assert opened.last_export() is None


def harvest(store: Store, text: str) -> int:
    run, window = begin(store)
    save_page(store, run.id, window.id, page(raw(1, text), decision="changed", articles=[article_save(1)]))
    store.finish_run(run.id, "complete", NOW)
    return run.id


def test_prune_takes_out_what_was_said_before(opened: Store):
    first, second, third = (harvest(opened, text) for text in ("first", "second", "third"))
    done = opened.prune(NOW + timedelta(days=1))
    assert (done.versions, done.payloads) == (2, 2)
    assert {run.id for run in opened.runs()} == {third}
    assert opened.payloads("wetlands", ["oai_dc"], [name(1)])[name(1), "oai_dc"].payload == raw(1, "third").payload
    assert opened.check_integrity(deep=True) == []
    assert first < second < third


def test_prune_keeps_what_is_younger_and_what_the_next_harvest_needs(opened: Store):
    complete = harvest(opened, "first")
    failed, _ = begin(opened)
    opened.finish_run(failed.id, "failed", NOW, "no answer")
    newest, _ = begin(opened)
    opened.finish_run(newest.id, "failed", NOW, "no answer")
    assert opened.prune(NOW - timedelta(days=1)).runs == 0
    opened.prune(LATER)
    assert {run.id for run in opened.runs()} == {complete, newest.id}


def test_prune_takes_out_old_rejections(opened: Store):
    fill(opened, article_save(1))
    run, window = begin(opened)
    rejected = page()
    save_page(opened, run.id, window.id, type(rejected)(bad=(bad(None, "no identifier", b"<r/>"),)))
    opened.finish_run(run.id, "complete", NOW)
    done = opened.prune(LATER)
    assert (done.rejected, done.payloads) == (1, 1)
    assert opened.check_integrity(deep=True) == []


def test_prune_keeps_the_last_word_on_what_is_still_awaited(opened: Store):
    for number, reason in ((1, "HTTP 500"), (2, "HTTP 500"), (1, "half a document")):
        run, _ = begin(opened)
        save_page(opened, run.id, None, PageToSave(bad=(bad(name(number), reason),)))
        opened.finish_run(run.id, "failed", NOW, "no answer")
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(2)))
    opened.finish_run(run.id, "complete", NOW)
    for rejections in (2, 0):
        assert opened.prune(LATER).rejected == rejections
        assert opened.unresolved_rejections("wetlands", "oai_dc") == [UnresolvedRejection(name(1), "half a document")]
    assert opened.check_integrity(deep=True) == []


def test_a_pruned_store_still_holds_to_its_references(opened: Store):
    harvest(opened, "first")
    opened.prune(LATER)
    with opened._write() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
