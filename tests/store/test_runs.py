from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from harvester.model import Token, Window
from harvester.store import Close, Counts, MonthOfRuns, PageToSave, RecordToSave, Restart, Split
from harvester.store.store import Store
from tests.store.samples import IDENTITY, NEXT, NOW, WINDOW, bad, begin, name, page, raw, save_page


def test_source_has_the_url_and_identity_saved_last(opened: Store):
    assert opened.sources.get("wetlands") is None
    opened.sources.save_identity("wetlands", IDENTITY, "https://old.example/oai")
    renamed = msgspec.structs.replace(IDENTITY, repository="Fens", granularity="day")
    opened.sources.save_identity("wetlands", renamed, "https://new.example/oai")
    row = opened.sources.get("wetlands")
    assert row is not None
    assert (row.name, row.url, row.identity) == ("wetlands", "https://new.example/oai", renamed)


def test_run_can_begin_before_the_provider_has_ever_answered(opened: Store):
    run, _ = begin(opened)
    opened.runs.finish(run.id, "failed", NOW, "The provider did not answer.")
    row = opened.sources.get("wetlands")
    assert row is not None
    assert row.identity is None
    opened.sources.save_identity("wetlands", IDENTITY, "https://wetlands.example/oai")
    assert opened.runs.latest()[0].error == "The provider did not answer."


def test_run_keeps_the_order_of_its_windows(opened: Store):
    windows = [Window(prefix="oai_dc", set_spec=s, since="2024-01-01", until="2024-12-31") for s in ("b", "a", "ö:x y")]
    run, _ = begin(opened, windows=windows)
    assert run == opened.runs.get(run.id)
    assert [w.window for w in run.windows] == windows
    assert run.sets == ("b", "a", "ö:x y")
    assert (run.state, run.started, run.finished, run.response_date) == ("running", NOW, None, None)


def test_page_moves_the_checkpoint_and_counts_in_its_run(opened: Store):
    run, window = begin(opened)
    repaired = raw(2, repairs=("illegal character",), original=b"<OAI-PMH/>")
    first = PageToSave(
        records=(RecordToSave(raw(1), "new"), RecordToSave(repaired, "new"), RecordToSave(raw(3), "unchanged")),
        bad=(bad(None, "no header"),),
        response_date="2025-03-01T12:00:01Z",
    )
    token = Token("t/1", complete_list_size=250, cursor=0, expires="2025-03-02T00:00:00Z")
    save_page(opened, run.id, window.id, first, token=token)
    now = opened.runs.get(run.id)
    assert now.counts == Counts(new=2, unchanged=1, repaired=1, rejected=1)
    assert (now.pages, now.response_date) == (1, "2025-03-01T12:00:01Z")
    moved = now.windows[0]
    assert (moved.token, moved.pages, moved.seen, moved.list_size, moved.state) == (token, 1, 4, 250, "open")

    save_page(opened, run.id, window.id, PageToSave(response_date="2025-03-01T12:00:09Z"))
    now = opened.runs.get(run.id)
    assert now.response_date == "2025-03-01T12:00:01Z", "the date of the first page"
    moved = now.windows[0]
    assert (moved.token, moved.pages, moved.seen, moved.list_size, moved.state) == (None, 2, 4, 250, "done")


def test_response_date_of_a_run_is_that_of_its_earliest_page(opened: Store):
    run, window = begin(opened)
    for date in ("2025-03-01T12:00:05Z", "", "2025-03-01T12:00:03Z", "2025-03-01T12:00:07Z"):
        save_page(opened, run.id, window.id, PageToSave(response_date=date), token=Token("t"))
    assert opened.runs.get(run.id).response_date == "2025-03-01T12:00:03Z"


def test_page_for_a_window_of_another_run_is_refused_completely(opened: Store):
    run, _ = begin(opened)
    _, other = begin(opened)
    with pytest.raises(LookupError):
        save_page(opened, run.id, other.id, page(raw(1)))
    assert opened.records.stored("wetlands", "oai_dc", [name(1)]) == {}
    assert opened.runs.get(run.id).pages == 0


def test_run_with_open_windows_cannot_be_complete(opened: Store):
    run, first = begin(opened, windows=[WINDOW, Window(prefix="oai_dc", set_spec="b")])
    save_page(opened, run.id, first.id, page(raw(1)))
    with pytest.raises(ValueError, match="open windows"):
        opened.runs.finish(run.id, "complete", NOW)
    save_page(opened, run.id, run.windows[1].id, page())
    assert opened.runs.finish(run.id, "complete", NOW + timedelta(seconds=9)).finished == NOW + timedelta(seconds=9)


def test_run_that_was_cut_short_is_resumable(opened: Store):
    assert opened.runs.resumable("wetlands", "oai_dc") is None
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1)), token=NEXT)
    found = opened.runs.resumable("wetlands", "oai_dc")
    assert found is not None
    assert found.windows[0].token == Token("next", complete_list_size=250, cursor=0)
    assert opened.runs.resumable("wetlands", "jats") is None
    assert opened.runs.resumable("fens", "oai_dc") is None


@pytest.mark.parametrize("state", ["incomplete", "waiting", "failed"])
def test_run_with_a_checkpoint_is_resumable_however_it_ended(opened: Store, state):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1)), token=NEXT)
    opened.runs.finish(run.id, state, NOW, "The provider went away.")
    found = opened.runs.resumable("wetlands", "oai_dc")
    assert found is not None
    assert found.error == "The provider went away."
    assert opened.runs.resume(found.id).state == "running"
    assert opened.runs.get(found.id).error is None


def test_run_that_failed_at_its_first_request_is_not_resumable(opened: Store):
    run, _ = begin(opened)
    opened.runs.finish(run.id, "failed", NOW, "badArgument")
    assert opened.runs.resumable("wetlands", "oai_dc") is None


def test_only_the_newest_run_is_resumable(opened: Store):
    begin(opened)
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page())
    opened.runs.finish(run.id, "complete", NOW)
    assert opened.runs.resumable("wetlands", "oai_dc") is None


def test_range_is_neither_last_complete_nor_resumable_unless_requested(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page())
    opened.runs.finish(run.id, "complete", NOW)
    part = opened.runs.begin("wetlands", "oai_dc", "range", [WINDOW], NOW)
    assert opened.runs.resumable("wetlands", "oai_dc") is None
    found = opened.runs.resumable("wetlands", "oai_dc", kinds=["range"])
    assert found is not None
    assert found.id == part.id
    save_page(opened, part.id, part.windows[0].id, page())
    opened.runs.finish(part.id, "complete", NOW)
    last = opened.runs.last_complete("wetlands", "oai_dc")
    assert last is not None
    assert last.id == run.id


def test_source_remembers_the_sets_that_were_asked_for_last(opened: Store):
    def sets() -> tuple[str, ...]:
        source = opened.sources.get("wetlands")
        assert source is not None
        return source.sets

    begin(opened)
    assert sets() == ()
    begin(opened, windows=[Window(prefix="oai_dc", set_spec="b"), Window(prefix="oai_dc", set_spec="a")])
    assert sets() == ("b", "a")
    begin(opened)
    opened.runs.begin("wetlands", "oai_dc", "full", (), NOW)
    assert sets() == ("b", "a")


def test_last_complete_run_has_its_sets_and_response_date(opened: Store):
    assert opened.runs.last_complete("wetlands", "oai_dc") is None
    run, window = begin(opened, windows=[Window(prefix="oai_dc", set_spec="reeds:ART")])
    save_page(opened, run.id, window.id, page(raw(1)))
    assert opened.runs.last_complete("wetlands", "oai_dc") is None
    opened.runs.finish(run.id, "complete", NOW)
    last = opened.runs.last_complete("wetlands", "oai_dc")
    assert last is not None
    assert (last.sets, last.response_date) == (("reeds:ART",), "2025-03-01T12:00:00Z")


def test_reopened_window_starts_from_its_first_page(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1)), token=NEXT)
    opened.apply(run.id, [Restart(window.id)])
    again = opened.runs.get(run.id).windows[0]
    assert (again.state, again.token, again.seen, again.pages) == ("open", None, 0, 0)


def test_runs_are_listed_newest_first(opened: Store):
    ids = [begin(opened, source)[0].id for source in ("wetlands", "fens", "wetlands")]
    assert [run.id for run in opened.runs.latest()] == ids[::-1]
    assert [run.id for run in opened.runs.latest(1)] == ids[-1:]
    assert [run.id for run in opened.runs.latest(name="fens")] == [ids[1]]


def test_missing_run_raises_lookup_error(opened: Store):
    with pytest.raises(LookupError, match="no run 7"):
        opened.runs.get(7)


def test_added_window_that_exists_is_opened_again(opened: Store):
    run, first = begin(opened)
    news = Window(prefix="oai_dc", since="2025-01-01")
    _, added = opened.runs.add_windows(run.id, [news]).windows
    assert (added.window, added.state, added.parent) == (news, "open", None)
    opened.apply(run.id, [Close(added.id, 3)])
    again = opened.runs.add_windows(run.id, [news]).windows
    assert [(one.id, one.state, one.seen) for one in again] == [(first.id, "open", 0), (added.id, "open", 0)]


def test_split_window_is_done_only_when_it_is_closed(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, PageToSave(), token=Token("t"), list_size=7)
    opened.apply(run.id, [Restart(window.id)])
    halves = [Window(prefix="oai_dc", until="2024-06-01"), Window(prefix="oai_dc", since="2024-06-01")]
    opened.apply(run.id, [Split(window.id, tuple(halves))])
    whole, *parts = opened.runs.get(run.id).windows
    assert (whole.state, whole.token, whole.list_size, whole.attempts) == ("split", None, 7, 1)
    assert [(part.window, part.parent, part.attempts) for part in parts] == [(half, whole.id, 1) for half in halves]
    for part in parts:
        opened.apply(run.id, [Close(part.id, 3)])
    with pytest.raises(ValueError, match="open windows"):
        opened.runs.finish(run.id, "complete", NOW)
    opened.apply(run.id, [Close(whole.id, 6)])
    assert opened.runs.finish(run.id, "complete", NOW).state == "complete"


def test_split_window_keeps_the_announced_list_size(opened: Store):
    run, window = begin(opened)
    opened.apply(run.id, [Split(window.id, (Window(prefix="oai_dc", until="2024-06-01"),), 200)])
    assert opened.runs.get(run.id).windows[0].list_size == 200


def test_records_saved_without_a_window_move_no_checkpoint(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, PageToSave(records=(RecordToSave(raw(1), "new"),)), token=Token("t"), fresh=0)
    save_page(opened, run.id, None, PageToSave(records=(RecordToSave(raw(2), "new"),)))
    now = opened.runs.get(run.id)
    assert (now.counts.new, now.windows[0].token, now.windows[0].seen) == (2, Token("t"), 0)


def test_running_runs_have_not_ended(opened: Store):
    first, _ = begin(opened)
    second, _ = begin(opened, "fens")
    opened.runs.finish(first.id, "failed", NOW, "no answer")
    assert [run.id for run in opened.runs.running()] == [second.id]


def test_oldest_run_is_the_first_over_the_whole_list(opened: Store):
    assert opened.runs.oldest_run("wetlands", "oai_dc") is None
    opened.runs.begin("wetlands", "oai_dc", "range", [WINDOW], NOW)
    opened.runs.begin("wetlands", "oai_dc", "reconcile", [WINDOW], NOW)
    first, _ = begin(opened)
    begin(opened)
    oldest = opened.runs.oldest_run("wetlands", "oai_dc")
    assert oldest is not None
    assert oldest.id == first.id


def test_runs_are_summed_by_month_and_source(opened: Store):
    for days, records in ((0, 1), (5, 2), (40, 3)):
        run = opened.runs.begin("wetlands", "oai_dc", "full", (WINDOW,), NOW + timedelta(days=days))
        save_page(opened, run.id, run.windows[0].id, page(*(raw(100 * days + n) for n in range(records))), token=None)
    begin(opened, "rivers")
    assert opened.runs.by_month("wetlands") == (
        MonthOfRuns(month="2025-03", new=3),
        MonthOfRuns(month="2025-04", new=3),
    )
    assert opened.runs.by_month("lakes") == ()
