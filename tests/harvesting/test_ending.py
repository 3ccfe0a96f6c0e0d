"""How a run ends, from its ledger, its counts and what the provider answers."""

from __future__ import annotations

from typing import Any

import pytest

from harvester.errors import BadStatus
from harvester.harvesting.ending import Ending, ending, resumes
from harvester.harvesting.plan import Course, Facts
from harvester.harvesting.questions import (
    Delivered,
    ListSets,
    Plan,
    Question,
    RejectedBefore,
    Rejections,
    StoredIdentifiers,
    StoredRecords,
)
from harvester.model import SetInfo, StoredRecord, Token, Window
from harvester.store import Counts, Restart, Run, RunWindow
from tests.harvesting.by_hand import IDENTITY, Provider
from tests.workbench import NOW

EMPTY_STORE: dict[type, Any] = {StoredIdentifiers: [], RejectedBefore: [], Delivered: set()}


def window(
    number: int = 1, state: Any = "done", seen: int = 5, set_spec: str | None = None, **changes: Any
) -> RunWindow:
    asked = Window(prefix="oai_dc", set_spec=set_spec)
    return RunWindow(id=number, window=asked, state=state, seen=seen, **changes)


def ended(
    *windows: RunWindow,
    counts: Counts | None = None,
    kind: Any = "full",
    pages: int = 1,
    course: Course | None = None,
    sets: tuple[str, ...] = (),
    answers: dict[type, Any] | None = None,
) -> Ending:
    run = Run(
        id=7, source="river", prefix="oai_dc", kind=kind, state="running", started=NOW, finished=None,
        response_date="2025-06-01T12:00:00Z", error=None, pages=pages, counts=counts or Counts(new=5), windows=windows,
    )  # fmt: skip
    facts = Facts(
        kind=kind, ledger=windows, course=course or Course(latest="2025-06-01T12:00:09Z"), identity=IDENTITY,
        sets=sets, window_records=0, parallel=1,
    )  # fmt: skip
    plan: Plan[Ending] = ending(run, facts)
    return Provider({**EMPTY_STORE, **(answers or {})}).run(plan)


def test_a_run_is_complete_when_every_window_is_done():
    outcome = ended(window()).outcome
    assert (outcome.state, outcome.error, outcome.latest) == ("complete", None, "2025-06-01T12:00:09Z")


def test_notes_are_said_once_each():
    outcome = ended(window(), course=Course(notes=("odd", "odd", "old"))).outcome
    assert (outcome.state, outcome.error) == ("complete", "odd; old")


def test_a_run_with_an_open_window_says_why_and_where_it_resumes():
    outcome = ended(window(state="open", pages=3), course=Course(failed={1: "HTTP 503"})).outcome
    assert outcome.state == "incomplete"
    assert outcome.error == "HTTP 503; the next harvest goes on behind page 3"


def test_a_run_that_got_no_page_has_failed():
    outcome = ended(window(state="open"), pages=0, course=Course(failed={1: "HTTP 503"})).outcome
    assert (outcome.state, outcome.error) == ("failed", "HTTP 503")


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ([window()], "behind its last page"),
        ([window(state="open", pages=2, token=Token("t"))], "behind page 2"),
        ([window(state="open")], "what is open (1 window)"),
        ([window(state="open"), window(2, state="open", pages=1)], "what is open (2 windows)"),
    ],
)
def test_where_a_run_resumes(windows, words):
    assert words in resumes(windows)


OFFERED = (SetInfo("a", "A"),)


class TestSets:
    def said(self, *windows: RunWindow, kind: Any = "full", offered: Any = OFFERED) -> str | None:
        return ended(*windows, kind=kind, sets=("a", "b"), answers={ListSets: offered}).outcome.error

    def test_a_set_that_gave_nothing_and_is_not_offered_is_gone(self):
        assert "no set b any more" in (self.said(window(set_spec="a"), window(2, seen=0, set_spec="b")) or "")

    def test_an_empty_set_that_is_offered_is_empty(self):
        assert self.said(window(seen=0, set_spec="a"), window(2, set_spec="b")) is None

    def test_sets_are_not_asked_for_without_need(self):
        assert self.said(window(set_spec="a"), window(2, set_spec="b"), offered=None) is None
        assert self.said(window(seen=0, set_spec="b"), kind="incremental", offered=None) is None

    def test_a_provider_that_does_not_list_its_sets_has_them_all(self):
        assert self.said(window(seen=0, set_spec="b"), offered=BadStatus("", 500)) is None


class TestNothingCame:
    LIVE = StoredRecord("2024-01-01", False, "hash")
    DELETED = StoredRecord("2024-01-01", True, None)

    def store_of(self, *known: StoredRecord) -> dict[type, Any]:
        names = [f"oai:x:{number}" for number in range(len(known))]

        def identifiers(question: Question) -> list[str]:
            assert isinstance(question, StoredIdentifiers)
            return [] if question.after else names

        return {StoredIdentifiers: identifiers, StoredRecords: dict(zip(names, known, strict=True))}

    def test_an_empty_list_of_everything_is_not_believed_while_the_store_has_live_records(self):
        decided = ended(window(seen=0), counts=Counts(), answers=self.store_of(self.LIVE))
        assert decided.outcome.state == "incomplete"
        assert "`harvester reconcile river --confirm`" in (decided.outcome.error or "")
        assert decided.transitions == (Restart(1),)

    @pytest.mark.parametrize("known", [(), (DELETED,)])
    def test_it_is_believed_where_nothing_lives(self, known):
        assert ended(window(seen=0), counts=Counts(), answers=self.store_of(*known)).outcome.state == "complete"

    @pytest.mark.parametrize("came", ["new", "changed", "deleted", "moved", "unchanged"])
    def test_whatever_came_is_something(self, came):
        answers = self.store_of(self.LIVE)
        assert ended(window(), counts=Counts(**{came: 1}), answers=answers).outcome.state == "complete"

    def test_nothing_new_is_nothing_new(self):
        answers = self.store_of(self.LIVE)
        assert ended(window(seen=0), kind="incremental", counts=Counts(), answers=answers).outcome.state == "complete"

    def test_records_that_were_all_rejected_are_asked_for_again(self):
        decided = ended(window(), counts=Counts(rejected=2), answers={Rejections: ["HTTP 500", "HTTP 500"]})
        assert decided.outcome.error == "not one record could be had, and 2 were rejected; `harvester runs 7` says why"

    def test_records_that_all_lack_the_format_are_a_fact(self):
        answers: dict[type, Any] = {Rejections: ["the provider answered cannotDisseminateFormat"] * 2}
        assert ended(window(), counts=Counts(rejected=2), answers=answers).outcome.state == "complete"


class TestRejectedRecords:
    @pytest.mark.parametrize(
        ("kind", "course", "asks"),
        [
            ("incremental", Course(), True),
            ("range", Course(), False),
            ("full", Course(failed={1: "HTTP 503"}), False),
            ("full", Course(failed={1: "HTTP 503"}, has_progressed=True), True),
        ],
    )
    def test_they_are_retried_where_the_provider_answers(self, kind, course, asks):
        asked: list[Question] = []

        def waiting(question: Question) -> list[Any]:
            asked.append(question)
            return []

        ended(window(), kind=kind, course=course, answers={RejectedBefore: waiting})
        assert bool(asked) is asks
