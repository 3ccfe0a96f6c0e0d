"""How a run ends, from its ledger, its counts and what the provider answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from harvester.errors import BadStatus
from harvester.harvesting.ending import Ending, ending, resumes
from harvester.harvesting.plan import Course, Facts
from harvester.harvesting.questions import (
    Delivered,
    EarlierRun,
    GetRecord,
    HasDatestamp,
    ListFormats,
    ListIdentifiers,
    ListSets,
    Missing,
    NewestDatestamp,
    Plan,
    Question,
    RejectedBefore,
    Rejections,
    StoredIdentifiers,
    StoredRecords,
)
from harvester.model import Format, Page, SetInfo, StoredRecord, Token, Window
from harvester.store import Counts, Restart, Run, RunWindow
from tests.harvesting.by_hand import IDENTITY, Provider, by_identifier, page
from tests.workbench import NOW

EMPTY_STORE: dict[type, Any] = {
    NewestDatestamp: "2024-01-01",
    HasDatestamp: False,
    EarlierRun: None,
    ListFormats: (Format("oai_dc"),),
    StoredIdentifiers: [],
    RejectedBefore: [],
    Delivered: set(),
}


def window(
    number: int = 1, state: Any = "done", seen: int = 5, set_spec: str | None = None, **changes: Any
) -> RunWindow:
    asked = Window(prefix="oai_dc", set_spec=set_spec)
    return RunWindow(id=number, window=asked, state=state, seen=seen, **changes)


RUN = Run(
    id=6, source="river", prefix="oai_dc", kind="incremental", state="complete", started=NOW, finished=NOW,
    response_date=None, error=None, pages=1, counts=Counts(), windows=(),
)  # fmt: skip


def ended(
    *windows: RunWindow,
    counts: Counts | None = None,
    kind: Any = "full",
    pages: int = 1,
    course: Course | None = None,
    sets: tuple[str, ...] = (),
    answers: dict[type, Any] | None = None,
    provider: Provider | None = None,
) -> Ending:
    run = Run(
        id=7, source="river", prefix="oai_dc", kind=kind, state="running", started=NOW, finished=None,
        response_date="2025-06-01T12:00:00Z", error=None, pages=pages, counts=counts or Counts(new=5), windows=windows,
    )  # fmt: skip
    facts = Facts(
        kind=kind, ledger=windows, course=course or Course(latest="2025-06-01T12:00:09Z"), identity=IDENTITY,
        sets=sets, window_records=0, parallel=1, max_deletion_share=0.1, now=NOW,
    )  # fmt: skip
    plan: Plan[Ending] = ending(run, facts)
    return (provider or Provider({**EMPTY_STORE, **(answers or {})})).run(plan)


def test_a_run_is_complete_when_every_window_is_done():
    outcome = ended(window()).outcome
    assert (outcome.state, outcome.error, outcome.latest) == ("complete", None, "2025-06-01T12:00:09Z")


def test_notes_are_said_once_each():
    outcome = ended(window(), course=Course(notes=("odd", "odd", "old"))).outcome
    assert (outcome.state, outcome.error) == ("complete", "odd; old")


def test_a_run_with_an_open_window_says_why_and_where_it_resumes():
    outcome = ended(window(state="open", pages=3), course=Course(failed={1: "HTTP 503"})).outcome
    assert outcome.state == "incomplete"
    assert outcome.error == "HTTP 503; the next harvest resumes after page 3"


def test_a_run_that_got_no_page_has_failed():
    outcome = ended(window(state="open"), pages=0, course=Course(failed={1: "HTTP 503"})).outcome
    assert (outcome.state, outcome.error) == ("failed", "HTTP 503")


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ([window()], "after its last page"),
        ([window(state="open", pages=2, token=Token("t"))], "after page 2"),
        ([window(state="open")], "what is open (1 window)"),
        ([window(state="open"), window(2, state="open", pages=1)], "what is open (2 windows)"),
    ],
)
def test_where_a_run_resumes(windows, words):
    assert words in resumes(windows)


OFFERED = (SetInfo("a", "A"),)
EMPTY = Page(records=())


class TestSets:
    def said(
        self, *windows: RunWindow, kind: Any = "full", offered: Any = OFFERED, identifiers: Any = EMPTY
    ) -> str | None:
        answers: dict[type, Any] = {ListSets: offered, ListIdentifiers: identifiers}
        return ended(*windows, kind=kind, sets=("a", "b"), answers=answers).outcome.error

    def test_a_set_that_gave_nothing_and_is_not_offered_is_gone(self):
        assert "no set b any more" in (self.said(window(set_spec="a"), window(2, seen=0, set_spec="b")) or "")

    @pytest.mark.parametrize(("identifiers", "is_gone"), [(EMPTY, True), (BadStatus("", 500), True), (page(1), False)])
    def test_one_that_still_lists_records_exists_whatever_the_list_of_sets_says(self, identifiers, is_gone):
        said = self.said(window(set_spec="a"), window(2, seen=0, set_spec="b"), identifiers=identifiers)
        assert (said is not None) is is_gone

    def test_an_empty_set_that_is_offered_is_empty(self):
        assert self.said(window(seen=0, set_spec="a"), window(2, set_spec="b")) is None

    def test_sets_are_not_asked_for_without_need(self):
        assert self.said(window(set_spec="a"), window(2, set_spec="b"), offered=None) is None

    @pytest.mark.parametrize(
        ("before", "asks"),
        [
            (None, True),
            (replace(RUN, started=NOW - timedelta(days=1)), True),
            (replace(RUN, needs_person=True), True),
            (replace(RUN, windows=(window(set_spec="a"), window(2, set_spec="b"))), True),  # it has fallen silent
            (replace(RUN, windows=(window(set_spec="a"), window(2, seen=0, set_spec="b"))), False),
        ],
    )
    def test_a_harvest_of_what_is_new_asks_at_first_once_a_day_and_as_long_as_something_is_wrong(self, before, asks):
        answers: dict[type, Any] = {ListSets: OFFERED, ListIdentifiers: EMPTY, EarlierRun: before}
        silent = [window(set_spec="a"), window(2, seen=0, set_spec="b")]
        decided = ended(*silent, kind="incremental", sets=("a", "b"), answers=answers).outcome
        assert (decided.state, decided.needs_person) == ("complete", asks)
        assert ("no set b any more; its sets are now a" in (decided.error or "")) is asks

    def test_a_format_that_is_gone_is_noticed_where_nothing_came(self):
        answers: dict[type, Any] = {ListFormats: (Format("marc"),)}
        decided = ended(window(seen=0), kind="incremental", answers=answers).outcome
        assert decided.needs_person
        assert "no metadata prefix oai_dc; it offers marc" in (decided.error or "")
        assert not ended(window(), kind="incremental", answers=answers).outcome.needs_person

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

    def test_a_set_that_is_gone_explains_it(self):
        answers = {**self.store_of(self.LIVE), ListSets: OFFERED, ListIdentifiers: EMPTY}
        decided = ended(window(seen=0, set_spec="b"), counts=Counts(), answers=answers, sets=("b",))
        assert decided.outcome.state == "incomplete"
        assert "no set b any more" in (decided.outcome.error or "")
        assert "reconcile" not in (decided.outcome.error or "")

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
        assert (
            decided.outcome.error
            == "not a single record could be fetched, and 2 were rejected; `harvester runs 7` says why"
        )

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


class TestAListOfEverythingWithoutARecord:
    def said(self, **answers: Any) -> str | None:
        given: dict[type, Any] = {NewestDatestamp: "", ListSets: answers.get("sets", ())}
        outcome = ended(window(seen=0), counts=Counts(), answers=given, sets=("c",)).outcome
        assert outcome.state == "complete"
        return outcome.error

    def test_names_the_sets_that_could_be_tried(self):
        sets = (SetInfo("art", "Articles"), SetInfo("rev", "Reviews"), SetInfo("c", "C"))
        assert "it has the sets art, rev: try one of them" in (self.said(sets=sets) or "")

    @pytest.mark.parametrize("sets", [(), BadStatus("", 500)])
    def test_says_so_where_there_are_no_sets(self, sets):
        assert "lists no record at all, and never did" in (self.said(sets=sets) or "")


class TestListsThatChanged:
    def compared(
        self, *windows: RunWindow, changed: bool = False, identifiers: Any = None
    ) -> tuple[str | None, Provider]:
        provider = Provider(
            {**EMPTY_STORE, HasDatestamp: changed, ListIdentifiers: identifiers or page(3), GetRecord: by_identifier(),
             Missing: lambda question: question.listed[2:]}
        )  # fmt: skip
        return ended(*windows, provider=provider).outcome.error, provider

    def test_a_list_of_several_pages_is_compared_when_a_record_changed_meanwhile(self):
        said, provider = self.compared(window(pages=2, list_size=3), changed=True)
        assert (said, provider.saved) == (None, ["oai:x:2"])

    @pytest.mark.parametrize(
        ("windows", "changed"),
        [
            ([window(pages=2, list_size=3)], False),
            ([window(pages=1, list_size=3)], True),
            ([window(pages=1)], False),
        ],
        ids=["unchanged", "on one page", "on one page without a size"],
    )
    def test_no_other_is(self, windows, changed):
        assert "ListIdentifiers" not in self.compared(*windows, changed=changed)[1].asked

    def test_a_list_of_several_pages_that_does_not_say_its_size_is_compared(self):
        assert self.compared(window(pages=2))[1].saved == ["oai:x:1", "oai:x:2"]  # with the one before the gap

    def test_a_list_that_needs_a_date_is_compared_with_it(self):
        whole = window(1)
        part = window(2, parent=1, pages=2)
        dated = replace(part, window=replace(part.window, since="1970-01-01"))
        asked: list[Any] = []

        def identifiers(question: Any) -> Any:
            asked.append(question.window.since)
            return page(3)

        self.compared(whole, dated, identifiers=identifiers)
        assert asked == ["1970-01-01"]
        self.compared(whole, replace(dated, list_size=3), identifiers=identifiers)
        assert len(asked) == 1

    def test_a_list_that_was_split_is_compared_as_a_whole(self):
        parts = window(pages=1, list_size=9), window(2, parent=1), window(3, parent=1)
        assert self.compared(*parts, changed=True)[1].asked.count("ListIdentifiers") == 1

    def test_one_that_changed_and_cannot_be_compared_is_said(self):
        failed = BadStatus("", 500)
        assert "changed while it was read" in (
            self.compared(window(pages=2, list_size=3), changed=True, identifiers=failed)[0] or ""
        )
        assert "does not say how long its list is" in (self.compared(window(pages=2), identifiers=failed)[0] or "")
        assert self.compared(window(pages=2, list_size=3), identifiers=failed)[0] is None
