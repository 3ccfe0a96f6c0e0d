"""What was rejected by name is asked for until it comes or is gone, and a run is as complete without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.errors import OaiCode, ProtocolError
from harvester.harvesting.patience import DEFAULT
from harvester.harvesting.questions import Delivered, GetRecord, RejectedBefore, Save, StoredRecords
from harvester.harvesting.rejected import retry_rejected
from harvester.model import StoredRecord
from harvester.reports import RunReport
from harvester.store import Run, UnresolvedRejection
from tests.chaos.cases.parts import BROKEN
from tests.chaos.harvesting import bench, differing, harvest, held, reconcile, same, still_rejected
from tests.harvesting.by_hand import IDENTITY
from tests.harvesting.by_hand import Provider as ByHand
from tests.harvesting.test_ending import RUN
from tests.providers.server import Answer, Request, error, listing, reply
from tests.providers.truth import CLOCK, Broken, Fault, Truth, article, broken, containing, name
from tests.workbench import Workbench, in_another_process

pytestmark = pytest.mark.slow

LIST = [("ListRecords", None)]


class Provider(Broken):
    """A provider that cannot write the records of these numbers, and notes what it is asked."""

    def __init__(self, truth: Truth, lost: Iterable[int]) -> None:
        super().__init__(truth)
        self.asked: list[tuple[str, str | None]] = []
        self.lose(lost)

    def lose(self, numbers: Iterable[int], answer: bytes | Answer = BROKEN) -> None:
        self.fault: Fault | None = containing(numbers, answer, verbs=("ListRecords", "GetRecord"))

    def __call__(self, request: Request) -> bytes | Answer:
        self.asked.append((request.query["verb"], request.query.get("identifier")))
        return super().__call__(request)

    def during(self, made: Workbench, **options: object) -> tuple[RunReport, list[tuple[str, str | None]]]:
        """A harvest, and what it asked."""
        self.asked.clear()
        return harvest(made, **options), list(self.asked)


@contextmanager
def losing(folder: Path, *numbers: int, records: int = 23, settings: str = "") -> Iterator[tuple[Provider, Workbench]]:
    """A provider that loses these records, after its first harvest."""
    truth = Truth(records)
    with broken(truth) as (script, server):
        script = server.script = Provider(truth, numbers)
        made = bench(folder, server.url, settings=settings)
        made.moment = CLOCK
        assert harvest(made).state == "complete"
        yield script, made


def newest(made: Workbench) -> Run:
    with made.opened() as (_, store):
        return store.runs.latest()[0]


def reasons(made: Workbench, run_id: int) -> dict[str | None, str]:
    with made.opened() as (_, store):
        return {one.identifier: one.reason for one in store.records.rejected(run_id)}


def by_name(*numbers: int) -> list[tuple[str, str | None]]:
    return [("GetRecord", name(number)) for number in numbers]


def test_what_still_fails_is_said_by_each_run_which_is_complete(tmp_path: Path):
    with losing(tmp_path, 7, 12) as (provider, made):
        for _ in range(2):
            run, asked = provider.during(made)
            assert (run.state, run.new, run.rejected) == ("complete", 0, 2)
            assert "2 of the records rejected before could not be fetched yet; " in (run.error or "")
            assert asked == LIST + by_name(7, 12)
            assert reasons(made, newest(made).id).keys() == {name(7), name(12)}


def test_what_comes_is_kept_like_any_other_and_asked_for_no_more(tmp_path: Path):
    with losing(tmp_path, 7, 12) as (provider, made):
        provider.lose([12])
        run, _ = provider.during(made)
        assert (run.state, run.new, run.rejected) == ("complete", 1, 1)
        with made.opened() as (_, store):
            (stored,) = store.articles.find(name(7))
        assert stored.doi == "10.5555/river.7"
        provider.fault = None
        assert provider.during(made)[0].new == 1
        same(held(made), provider.truth)
        assert provider.during(made)[1] == LIST


def test_a_newer_version_is_waited_for_as_well(tmp_path: Path):
    with losing(tmp_path) as (provider, made):
        later = CLOCK + timedelta(days=1)
        provider.truth.put(article(3, " newer", datestamp=later))
        provider.truth.put(article(4, datestamp=later))  # says what it said
        provider.lose([3, 4])
        assert provider.during(made)[0].rejected == 2
        provider.truth.put(article(3, " newer"))
        provider.truth.put(article(4))
        provider.fault = None
        run, asked = provider.during(made)
        assert (run.changed, run.unchanged, asked) == (1, 1, LIST + by_name(3, 4))
        same(held(made), provider.truth)
        assert provider.during(made)[1] == LIST


def test_what_a_list_gives_is_not_asked_for(tmp_path: Path):
    with losing(tmp_path) as (provider, made):
        provider.truth.put(article(4, datestamp=CLOCK + timedelta(days=1)))
        provider.lose([4])
        assert provider.during(made)[0].rejected == 1
        provider.fault = lambda request, _: BROKEN if request.query["verb"] == "GetRecord" else None
        for _ in range(2):
            run, asked = provider.during(made, full=True)
            assert (run.state, run.error) == ("complete", None)
            assert "GetRecord" not in dict(asked)


def test_a_record_that_nobody_knows_any_more_has_a_tombstone_and_is_asked_for_no_more(tmp_path: Path):
    with losing(tmp_path, 12) as (provider, made):
        provider.truth.remove(12)
        run, asked = provider.during(made)
        assert (run.state, run.deleted, run.rejected, run.error) == ("complete", 1, 0, None)
        assert asked == LIST + by_name(12)
        assert held(made)[name(12)].deleted
        assert provider.during(made)[1] == LIST


def test_the_earlier_version_of_one_that_nobody_knows_stays_until_lists_are_compared(tmp_path: Path):
    with losing(tmp_path) as (provider, made):
        provider.truth.put(article(12, " newer", datestamp=CLOCK + timedelta(days=1)))
        provider.lose([12])
        assert provider.during(made)[0].rejected == 1
        provider.truth.remove(12)
        assert provider.during(made)[1] == LIST + by_name(12)
        assert not held(made)[name(12)].deleted
        assert provider.during(made)[1] == LIST
        assert reconcile(made).deleted == 1


def test_a_record_that_was_listed_and_unknown_by_its_name_is_waited_for(tmp_path: Path):
    with losing(tmp_path) as (provider, made):
        provider.truth.put(article(30, datestamp=CLOCK + timedelta(days=1)))
        lists = containing([30], BROKEN)

        def fault(request: Request, truth: Truth) -> bytes | Answer | None:
            unknown = request.query.get("identifier") == name(30)
            return reply(error("idDoesNotExist")) if unknown else lists(request, truth)

        provider.fault = fault
        for _ in range(3):
            run, asked = provider.during(made)
            assert (run.state, run.rejected, run.deleted) == ("complete", 1, 0)
            assert by_name(30)[0] in asked
        provider.fault = None
        harvest(made)
        same(held(made), provider.truth)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(error("cannotDisseminateFormat")), "cannotDisseminateFormat"),
        (reply("<html><body>Down</body></html>"), "web page"),
        (reply(listing("<record><metadata/></record>", verb="GetRecord")), "header"),
        (reply(listing(verb="GetRecord")[:-30]), "cut short"),
        (Answer(b"", close=True), "broke"),
    ],
)
def test_whatever_comes_in_its_place_is_the_reason_it_is_still_missing(
    tmp_path: Path, answer: bytes | Answer, reason: str
):
    with losing(tmp_path, 12) as (provider, made):
        provider.lose([12], answer)
        run, _ = provider.during(made)
        assert (run.state, run.rejected) == ("complete", 1)
        assert reason in reasons(made, newest(made).id)[name(12)]


# --------------------------------------------------------------------------------------------- how much


def test_no_more_are_asked_for_in_vain_than_is_decent_and_the_others_are_next(tmp_path: Path):
    most = DEFAULT.failed_retries
    lost = range(3, 3 + most + 10)
    with losing(tmp_path, *lost, records=60) as (provider, made):
        run, asked = provider.during(made)
        assert asked == LIST + by_name(*lost[: DEFAULT.failed_retries])
        assert (run.state, run.rejected) == ("complete", most)
        assert "30 of the records" in (run.error or "")
        assert "10 were not requested this time" in (run.error or "")
        assert provider.during(made)[1] == LIST + by_name(
            *lost[DEFAULT.failed_retries :], *lost[: DEFAULT.failed_retries - 10]
        )


def test_all_that_come_are_asked_for_at_once(tmp_path: Path):
    with losing(tmp_path, *range(3, 53), records=60) as (provider, made):
        provider.lose([3, 4])
        run, _ = provider.during(made)
        assert (run.new, run.rejected) == (48, 2)


def silent(request: Request, _: Truth) -> Answer | None:
    return Answer(b"", close=True) if request.query["verb"] == "GetRecord" else None


def crowded(request: Request, _: Truth) -> bytes | None:
    return reply("busy", 503) if request.query["verb"] == "GetRecord" else None


@pytest.mark.parametrize(
    ("fault", "asked", "said"), [(silent, DEFAULT.silent_records, "broke"), (crowded, 1, "HTTP 503")]
)
def test_it_ends_where_the_provider_is_to_blame(tmp_path: Path, fault: Fault, asked: int, said: str):
    with losing(tmp_path, *range(3, 13)) as (provider, made):
        provider.fault = fault
        run, questions = provider.during(made)
        assert (run.state, len(questions), run.rejected) == ("complete", 1 + asked, asked - 1)
        assert f"10 of the records rejected before could not be fetched yet, {11 - asked}" in (run.error or "")
        assert said in (run.error or "")
        provider.fault = None
        harvest(made)
        same(held(made), provider.truth)


def test_a_range_asks_for_its_dates_alone(tmp_path: Path):
    with losing(tmp_path, 12) as (provider, made):
        assert provider.during(made, since="2025-05-01")[1] == LIST


def test_nothing_is_asked_where_the_list_itself_fails(tmp_path: Path):
    with losing(tmp_path, 12) as (provider, made):
        provider.fault = lambda request, _: reply("busy", 503)
        assert provider.during(made)[1] == LIST


# --------------------------------------------------------------------------------------- stops and waits


def test_a_stop_is_heard_and_the_next_harvest_goes_on(tmp_path: Path):
    with losing(tmp_path, 7, 12) as (provider, made):
        run, asked = provider.during(made, stop=lambda: ("GetRecord", name(7)) in provider.asked)
        assert (run.state, asked) == ("incomplete", LIST + by_name(7))
        assert (newest(made).interrupted, newest(made).error) == (
            True,
            "stopped on request; the next harvest resumes after its last page",
        )
        provider.fault = None
        with made.opened():
            made.harvest()
        same(held(made), provider.truth)


def test_a_provider_that_asks_to_be_left_alone_is(tmp_path: Path):
    with losing(tmp_path, 7, 12) as (provider, made):
        provider.lose([7, 12], reply("busy", 503, Retry_After="7200"))
        run, asked = provider.during(made)
        assert (run.state, asked) == ("waiting", LIST + by_name(7))
        assert run.wait_until is not None
        provider.fault = None
        in_another_process()
        made.harvest()
        same(held(made), provider.truth)


# ------------------------------------------------------------------------------------------- comparisons


def test_a_comparison_rejects_by_name_what_it_cannot_have(tmp_path: Path):
    with losing(tmp_path) as (provider, made):
        provider.truth.put(article(30))  # with an old datestamp
        provider.lose([30])
        run = reconcile(made)
        assert (run.state, run.rejected, still_rejected(made)) == ("complete", 1, {name(30)})
        provider.fault = None
        assert harvest(made).new == 1


def test_a_comparison_asks_for_newer_versions_that_were_rejected(tmp_path: Path):
    with losing(tmp_path) as (provider, made):
        provider.truth.put(article(3, " newer", datestamp=CLOCK + timedelta(days=1)))
        provider.lose([3])
        assert provider.during(made)[0].rejected == 1
        provider.truth.put(article(3, " newer"))
        provider.fault = None
        assert reconcile(made).changed == 1
        assert differing(held(made), provider.truth) == set()
        assert provider.during(made)[1] == LIST


# ------------------------------------------------------------------------------------------------- by hand


def test_a_record_that_is_gone_saves_no_page_if_an_earlier_version_is_stored():
    """A page without anything on it would count as one of the run's."""
    answers: dict[type, Any] = {
        RejectedBefore: [UnresolvedRejection("a", "HTTP 500")],
        Delivered: set(),
        StoredRecords: {"a": StoredRecord("2024-01-01", False, "hash")},
        GetRecord: ProtocolError(OaiCode.ID_DOES_NOT_EXIST, ""),
    }
    provider = ByHand(answers)
    assert provider.run(retry_rejected(RUN, IDENTITY, DEFAULT)) == []
    assert provider.saves == [Save(None, {"a"})]
