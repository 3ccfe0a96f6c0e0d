"""Which run is done, and what a run leaves behind: against a real provider over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.demo.repository import JATS, OAI_DC
from harvester.errors import BusyError, ConfigError
from harvester.model import SetInfo
from harvester.reports import RunReport
from harvester.store import Run
from harvester.system import locks
from tests.chaos.harvesting import bench, differing, harvest, held, reconcile
from tests.providers.server import Answer, error, reply
from tests.providers.truth import (
    CLOCK,
    DC,
    Truth,
    article,
    at_page,
    broken,
    containing,
    is_list,
    metadata,
    name,
    page_of,
)
from tests.workbench import Workbench, watching_pages

LATER = CLOCK + timedelta(days=1)
SETS = (SetInfo("river:ART", "Articles"), SetInfo("river:REV", "Reviews"))


class Clock:
    """The provider's clock, moved by hand."""

    def __init__(self) -> None:
        self.moment: datetime = CLOCK

    def __call__(self) -> datetime:
        return self.moment


def runs(made: Workbench) -> list[Run]:
    with made.opened() as (_, store):
        return list(store.runs.latest())


def counts(run: RunReport) -> tuple[int, int, int, int]:
    return run.new, run.changed, run.deleted, run.unchanged


def test_the_first_harvest_takes_everything_and_the_second_asks_once_for_what_is_new(tmp_path: Path):
    with broken(Truth()) as (script, server):
        made = bench(tmp_path, server.url)
        assert counts(harvest(made)) == (23, 0, 0, 0)
        asked = script.count
        assert counts(harvest(made)) == (0, 0, 0, 0)
        assert script.count == asked + 1
        # by the provider's clock at the beginning of the last run, less 120 seconds
        assert server.queries[-1]["from"] == "2025-06-01T11:58:00Z"
        assert [run.kind for run in runs(made)] == ["incremental", "full"]


def test_a_list_of_everything_that_is_suddenly_empty_is_not_believed(tmp_path: Path):
    """While an index is built anew; what changed meanwhile would be behind the `from` of the next harvest."""
    with broken(Truth()) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        script.fault = lambda request, _: reply(error("noRecordsMatch")) if is_list(request) else None
        for _ in range(2):
            run = harvest(made, full=True)
            assert run.state == "incomplete"
            assert "lists no record at all" in (run.error or "")
        script.fault = None
        script.truth.put(article(3, " (revised)"))
        assert counts(harvest(made)) == (0, 1, 0, 22)
        assert differing(held(made), script.truth) == set()


def test_a_list_of_everything_that_is_empty_for_good_can_be_confirmed(tmp_path: Path):
    with broken(Truth(9)) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        script.truth.remove(*range(9))
        run = harvest(made, full=True)
        assert "`harvester reconcile journal --confirm`" in (run.error or "")
        assert reconcile(made).state == "incomplete"
        assert (reconcile(made, confirm=True).state, len(held(made))) == ("complete", 9)
        assert harvest(made).state == "complete"
        assert all(raw.deleted for raw in held(made).values())


WALLS = {
    "named": reply("<html><title>Just a moment...</title></html>", 403, cf_mitigated="challenge"),
    "HTTP 403": reply("", 403),
    "a web page": reply("<html><title>Welcome</title></html>"),
    "a text": reply("Access denied"),
}


@pytest.mark.slow
@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize(
    "verbs", [("ListRecords",), ("ListRecords", "ListIdentifiers"), ("ListRecords", "GetRecord")], ids=" ".join
)
@pytest.mark.parametrize("settings", ["", "window_records = 10\n"])
@pytest.mark.parametrize("since", [1, 3])
def test_a_refusal_of_this_program_is_recognized_after_a_few_requests(
    tmp_path: Path, wall: str, verbs: tuple[str, ...], settings: str, since: int
):
    lists = [0]

    def walled(request, _):
        lists[0] += is_list(request)
        return WALLS[wall] if lists[0] >= since and request.query["verb"] in verbs else None

    with broken(Truth(60), walled) as (script, server):
        made = bench(tmp_path, server.url, settings=settings)
        run = harvest(made)
        assert (run.state, run.rejected) == ("failed" if since == 1 else "incomplete", 0)
        assert "administrator" in (run.error or "")
        assert (wall != "named") or "protection against robots (Cloudflare, HTTP 403)" in (run.error or "")
        assert script.count <= 12
        before = script.count
        run = harvest(made)
        assert (run.state, run.rejected) == ("failed" if since == 1 else "incomplete", 0)
        assert script.count - before <= 12
        script.fault = None
        assert made.harvest()[0].state == "complete"
        assert differing(held(made), script.truth) == set()


@pytest.mark.parametrize("hours", [1, 24], ids=["every hour", "every night"])
def test_a_list_that_became_much_shorter_is_believed_on_the_next_day_however_often_it_is_requested(
    tmp_path: Path, hours: int
):
    lists = [0]

    def cleared(request, truth):
        lists[0] += is_list(request)
        if lists[0] <= 2:
            return None
        left = Truth(7, page_size=50).bytes_of(request)
        return reply(error("noRecordsMatch") if "resumptionToken" in request.query else left)

    with broken(Truth(), cleared) as (_, server):
        made = bench(tmp_path, server.url)
        states = [harvest(made).state]
        began = made.moment
        while states[-1] == "incomplete":
            made.moment += timedelta(hours=hours)
            run = made.harvest()[0]  # one that resumed is followed by another
            states.append(run.state)
        assert made.moment - began >= timedelta(hours=20)
        assert len(states) == (21 if hours == 1 else 6), "it gave less than before, so one more night proves nothing"
        assert "announced 23 records before and gives 7 now" in (run.error or "")
        assert harvest(made).error is None, "and from then on it is quiet"


@pytest.mark.parametrize("settings", ["", "window_records = 6\n"])
def test_what_is_new_comes_though_a_window_fails_for_ever(tmp_path: Path, settings: str):
    """A record that breaks every list it stands in, of identifiers too, has no name to be rejected by."""
    clock = Clock()
    truth = Truth(clock=clock)
    broken_lists = containing([12], reply("", 500), verbs=("ListRecords", "ListIdentifiers"))
    with broken(truth, broken_lists) as (script, server):
        made = bench(tmp_path, server.url, settings=settings)
        assert harvest(made).state == "incomplete"
        windows = []
        for day in (1, 2, 3):
            clock.moment = CLOCK + timedelta(days=day)
            made.moment += timedelta(days=1)
            truth.put(article(100 + day, datestamp=clock.moment))
            run = harvest(made)
            assert (run.state, differing(held(made), truth)) == ("incomplete", {name(12)})
            windows.append(len(runs(made)[0].windows))
        assert len(set(windows)) == 1
        script.fault = None
        assert {run.state for run in made.harvest()} == {"complete"}
        assert differing(held(made), truth) == set()


def test_what_is_added_changed_and_deleted_since_comes_with_the_next_harvest(tmp_path: Path):
    clock = Clock()
    truth = Truth(clock=clock)
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        clock.moment = LATER
        truth.put(article(100, datestamp=LATER))
        truth.put(article(3, " (revised)", datestamp=LATER))
        truth.put(article(5, datestamp=LATER))  # moved without a change: OJS touches whole issues
        truth.put(article(7, datestamp=LATER, deleted=True, metadata={}))
        assert counts(harvest(made)) == (1, 1, 1, 1)
        assert differing(held(made), truth) == set()
        with made.opened() as (_, store):
            assert [
                version.datestamp[:4] for version in store.records.earlier_versions("journal", name(3), "oai_dc")
            ] == ["2020"]
            assert held(made)[name(5)].datestamp.startswith("2025-06-02")


def test_a_full_harvest_sees_what_changed_without_a_new_datestamp(tmp_path: Path):
    truth = Truth()
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.put(article(3, " (changed in silence)"))
        assert counts(harvest(made)) == (0, 0, 0, 0)
        assert counts(harvest(made, full=True)) == (0, 1, 0, 22)
        assert differing(held(made), truth) == set()


def test_a_range_is_asked_for_as_said_and_is_no_base_for_the_next(tmp_path: Path):
    with broken(Truth()) as (_, server):
        made = bench(tmp_path, server.url)
        assert harvest(made, since="2020-02-01", until="2020-03-31").new == 4
        assert (server.queries[-1]["from"], server.queries[-1]["until"]) == ("2020-02-01", "2020-03-31")
        assert counts(harvest(made)) == (19, 0, 0, 4)


@pytest.mark.parametrize(
    ("before", "after", "new", "full"),
    [
        ('["river:ART"]', '["river:ART", "river:REV"]', 5, True),
        ('["river:ART", "river:REV"]', '["river:REV"]', 0, False),
        ('["river:REV"]', "[]", 18, True),
    ],
)
def test_sets_that_no_run_has_seen_are_harvested_in_full(tmp_path: Path, before: str, after: str, new: int, full: bool):
    records = [replace(article(number), sets=("river:REV",) if number < 5 else ("river:ART",)) for number in range(23)]
    with broken(Truth(records, sets=SETS)) as (_, server):
        harvest(bench(tmp_path, server.url, settings=f"sets = {before}\n"))
        made = bench(tmp_path, server.url, settings=f"sets = {after}\n")
        assert harvest(made).new == new
        assert (runs(made)[0].kind == "full") is full


def test_another_address_is_harvested_in_full_and_that_is_owed_until_it_is_done(tmp_path: Path):
    with broken(Truth(10)) as (_, server):
        harvest(bench(tmp_path, server.url))
    truth = Truth()
    with broken(truth, lambda request, _: reply("", 503) if is_list(request) else None) as (script, server):
        made = bench(tmp_path, server.url)
        assert harvest(made).state == "failed"
        assert harvest(made).state == "failed"
        script.fault = None
        assert counts(harvest(made)) == (13, 0, 0, 10)
        assert runs(made)[0].kind == "full"
        assert counts(harvest(made)) == (0, 0, 0, 0)


def two_formats(numbers: range) -> Truth:
    both = (OAI_DC, replace(OAI_DC, prefix="dc"))
    records = [article(n, metadata={"oai_dc": metadata(n), "dc": metadata(n)}) for n in numbers]
    return Truth(records, formats=both)


def test_another_address_is_harvested_in_full_in_a_format_that_is_taken_up_again_later(tmp_path: Path):
    made = Workbench(tmp_path)

    def harvested(url: str, *formats: str) -> None:
        made.configure(url, list(formats), prefixes=["10.5555"])
        assert {run.state for run in made.harvest()} == {"complete"}

    with broken(two_formats(range(10))) as (_, before), broken(two_formats(range(50, 70))) as (_, after):
        harvested(before.url, "oai_dc", "dc")
        harvested(after.url, "oai_dc")
        harvested(after.url, "oai_dc", "dc")
    assert len(held(made, "dc")) == len(held(made)) == 30


def test_a_range_that_is_asked_of_another_address_first_is_not_taken_for_all_of_it(tmp_path: Path):
    with broken(Truth(10)) as (_, server):
        harvest(bench(tmp_path, server.url))
    truth = Truth()
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        made.harvest(until="2020-03-01")
        assert harvest(made).state == "complete"
        assert differing(held(made), truth) == set()


def test_a_stop_leaves_an_incomplete_run_that_resumes_after_its_last_page(tmp_path: Path):
    asked: list[int] = []

    def fault(request, truth):
        asked.append(page_of(request))

    with broken(Truth(), fault) as (_, server):
        made = bench(tmp_path, server.url)
        stopped = harvest(made, stop=lambda: 3 in asked)
        assert (stopped.state, stopped.pages in (1, 2, 3)) == ("incomplete", True)  # 3 is asked for as soon as 2 came
        assert f"resumes after page {stopped.pages}" in (stopped.error or "")
        asked.clear()
        run = harvest(made)
        assert (run.state, counts(run), run.pages) == ("complete", (23, 0, 0, 0), 5)
        assert asked == list(range(stopped.pages + 1, 6))


class Killed(BaseException):
    """Ends a harvest as a kill does: nothing is tidied up."""


def test_what_came_behind_the_last_page_of_a_killed_harvest_is_asked_for(tmp_path: Path):
    clock = Clock()
    truth = Truth(clock=clock)

    def kill(records):
        if records == 23:
            raise Killed

    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        with pytest.raises(Killed), watching_pages(kill):
            harvest(made)
        clock.moment = LATER
        truth.put(article(3, " (revised)", datestamp=LATER))
        assert [run.state for run in made.harvest()] == ["complete", "complete"]
        assert differing(held(made), truth) == set()


def test_the_next_page_is_fetched_while_this_one_is_stored(tmp_path: Path):
    asked: list[int] = []
    told: list[int] = []
    with broken(Truth(), lambda request, _: asked.append(page_of(request))) as (_, server):
        made = bench(tmp_path, server.url)
        with watching_pages(told.append):
            harvest(made)
    assert told == [5, 10, 15, 20, 23]
    assert asked == [0, 1, 2, 3, 4, 5]


def test_one_source_that_fails_costs_its_neighbour_nothing(tmp_path: Path):
    with broken(Truth()) as (_, server):
        made = bench(tmp_path, server.url)
        gone = '\n[sources.gone]\nurl = "http://127.0.0.1:9/oai"\nformats = ["oai_dc", "jats"]\nallow_private = true\n'
        made.path.write_text(made.path.read_text() + gone + "retries = 0\n", encoding="utf-8")
        states = [(run.source, run.format, run.state) for run in made.harvest()]
    assert states == [("journal", "oai_dc", "complete"), ("gone", "oai_dc", "failed"), ("gone", "jats", "failed")]


def test_a_provider_that_is_gone_is_not_asked_for_each_format_in_vain(tmp_path: Path):
    with broken(Truth(formats=(OAI_DC, JATS))) as (script, server):
        made = Workbench(tmp_path)
        made.configure(server.url, ["oai_dc", "jats"], prefixes=["10.5555"])
        assert [run.format for run in made.harvest()] == ["oai_dc", "jats"]
        script.fault = lambda request, truth: Answer(b"", close=True)
        asked = len(server.requests)
        core, jats = made.harvest()
        assert {query.get("metadataPrefix") for query in server.queries[asked:]} == {"oai_dc", None}
        assert (core.state, jats.state) == ("failed", "failed")
        assert "connection to 127.0.0.1 broke" in (jats.error or "")
        assert [run.state for run in runs(made)][:2] == ["failed", "failed"]
        script.fault = None
        assert {run.state for run in made.harvest()} == {"complete"}


class TestIdentifyFails:
    @staticmethod
    def fault(request, _):
        return reply("broken", 500) if request.query.get("verb") == "Identify" else None

    def test_it_is_requested_again_by_the_next_harvest(self, tmp_path: Path):
        with broken(Truth(), self.fault) as (script, server):
            made = bench(tmp_path, server.url)
            assert (harvest(made).state, harvest(made).state) == ("complete", "complete")
            script.fault = None
            assert harvest(made).state == "complete"
            with made.opened() as (_, store):
                known = store.sources.get("journal")
            assert known is not None
            assert known.identity is not None
            asked = script.count
            harvest(made)
            assert script.count == asked + 1

    def test_a_full_harvest_uses_what_is_known(self, tmp_path: Path):
        with broken(Truth()) as (script, server):
            made = bench(tmp_path, server.url)
            harvest(made)
            script.fault = self.fault
            assert harvest(made, full=True).state == "complete"

    def test_another_address_is_still_harvested_in_full(self, tmp_path: Path):
        with broken(Truth(), self.fault) as (_, server):
            made = bench(tmp_path, server.url)
            harvest(made)
        with broken(Truth()) as (_, server):
            made.configure(server.url, ["oai_dc"], prefixes=["10.5555"])
            harvest(made)
        assert [run.kind for run in runs(made)] == ["full", "full"]

    @pytest.mark.parametrize("status", [401, 403, 404, 410, 503])
    def test_a_provider_that_is_closed_or_busy_gets_no_further_requests(self, tmp_path: Path, status: int):
        with broken(Truth(), lambda request, truth: reply("no", status)) as (script, server):
            assert harvest(bench(tmp_path, server.url)).state == "failed"
            assert script.count == 1


def test_a_format_that_fails_leaves_the_others_their_turn(tmp_path: Path):
    def fault(request, truth):
        lists = is_list(request) and request.query.get("metadataPrefix") == "oai_dc"
        return reply("busy", 503) if lists or request.query.get("verb") == "Identify" else None

    with broken(Truth(formats=(OAI_DC, JATS))) as (script, server):
        made = Workbench(tmp_path)
        made.configure(server.url, ["oai_dc", "jats"], prefixes=["10.5555"])
        made.harvest()
        script.fault = fault
        assert [run.state for run in made.harvest()] == ["failed", "complete"]


def test_a_format_that_is_not_offered_names_those_that_are(tmp_path: Path):
    with broken(Truth()) as (_, server):
        made = Workbench(tmp_path)
        made.configure(server.url, ["jats", "oai_dc"], prefixes=["10.5555"])
        jats, core = made.harvest()
        assert jats.state == "failed"
        assert "no metadata prefix jats; it offers oai_dc" in (jats.error or "")
        assert (core.state, core.new) == ("complete", 23)


def test_a_source_that_is_held_by_another_process_is_busy(tmp_path: Path):
    with broken(Truth()) as (script, server):
        made = bench(tmp_path, server.url)
        with made.opened() as (config, _):
            folder = config.locks_dir
        with (
            locks.hold(folder, "source-journal", what="harvest of journal"),
            pytest.raises(BusyError, match="harvest of"),
        ):
            harvest(made)
        assert script.count == 0
        assert harvest(made).state == "complete"


def test_an_unknown_source_is_said_with_the_nearest_name(tmp_path: Path):
    made = bench(tmp_path, "http://127.0.0.1:9/oai")
    with pytest.raises(ConfigError, match="did you mean journal"):
        made.harvest(names=["jurnal"])


def test_windows_are_sized_from_the_first_page_and_asked_side_by_side(tmp_path: Path):
    truth = Truth(200, page_size=10)
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url, settings="window_records = 50\nparallel = 3\n")
        run = harvest(made)
        assert (run.state, run.new, run.error) == ("complete", 200, None)
        assert differing(held(made), truth) == set()
        (ledger,) = runs(made)
    assert len(ledger.windows) > 4
    assert {window.state for window in ledger.windows} == {"done"}
    assert ledger.windows[0].list_size == 200
    assert ledger.response_date == "2025-06-01T12:00:00Z"


def test_a_window_that_failed_is_all_that_is_asked_for_again(tmp_path: Path):
    broken_windows: list[str] = []

    def fault(request, truth):
        asked = request.query.get("until", "")
        if is_list(request) and (asked in broken_windows or (asked and not broken_windows)):
            broken_windows.append(asked)
            return reply("busy", 503)
        return None

    truth = Truth(60)
    with broken(truth, fault) as (script, server):
        made = bench(tmp_path, server.url, settings="window_records = 20\n")
        run = harvest(made)
        assert run.state == "incomplete"
        assert "HTTP 503" in (run.error or "")
        assert len([window for window in runs(made)[0].windows if window.state == "open"]) == 1
        script.fault = None
        asked = len(server.queries)
        assert harvest(made).state == "complete"
        again = [query["until"] for query in server.queries[asked:] if "until" in query]
        assert again
        assert all(until <= broken_windows[0] for until in again)  # in smaller windows, since it is a long list
        assert differing(held(made), truth) == set()


def test_a_record_that_is_rejected_keeps_its_name_and_the_reason(tmp_path: Path):
    with broken(Truth(), at_page(99, b"")) as (script, server):
        made = bench(tmp_path, server.url)
        bad = f"<oai_dc:dc {DC}>".encode() + metadata(3)
        script.truth.put(article(3, metadata={"oai_dc": bad}))
        run = harvest(made)
        assert (run.state, run.new, run.rejected) == ("complete", 22, 1)
        with made.opened() as (_, store):
            (one,) = store.records.rejected(store.runs.latest()[0].id)
    assert one.identifier == name(3)
    assert "damaged XML" in one.reason


def test_an_expired_token_costs_its_window_a_new_beginning_and_no_question_more(tmp_path: Path):
    with broken(Truth(), at_page(3, reply(error("badResumptionToken")), times=1)) as (_, server):
        made = bench(tmp_path, server.url)
        run = harvest(made)
    assert (run.state, run.new) == ("complete", 23)
    lists = [query.get("resumptionToken") for query in server.queries if query["verb"] == "ListRecords"]
    assert [number for number, token in enumerate(lists) if token is None] == [0, 3]
    assert len(lists) == 3 + 5 == len(server.queries) - 1
