"""The decisions of a harvest as a table: an event and the ledger, the answers to what is asked, and the step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from harvester.errors import BadStatus, OaiCode, ProtocolError, ProviderError, RefusedAddress, TooSlow, Unreachable
from harvester.harvesting import plan
from harvester.harvesting.lists import ListProgress
from harvester.harvesting.patience import Patience
from harvester.harvesting.plan import Course, Facts, Step
from harvester.harvesting.questions import (
    GetRecord,
    Identify,
    ListFormats,
    ListIdentifiers,
    ListRecords,
    ListSets,
    Missing,
    Question,
    StoredIdentifiers,
    StoredRecords,
)
from harvester.model import BadRecord, Format, Page, SetInfo, StoredRecord, Token, Window
from harvester.store import Advance, Close, Restart, RunWindow, Split, SwitchGranularity
from tests.harvesting.by_hand import ALIVE, IDENTITY, Provider, by_identifier, listing, numbered, page

EVERYTHING = Window(prefix="oai_dc")
YEAR = Window(prefix="oai_dc", since="2024-01-01", until="2025-01-01")
DAY = Window(prefix="oai_dc", since="2024-01-01", until="2024-01-02")
NOW = datetime(2026, 5, 2, 3, tzinfo=UTC)
YESTERDAY, BEFORE = NOW - timedelta(hours=21), NOW - timedelta(hours=19)
PATIENCE = Patience(full_page=3, round_total=5, few_records=4, records_per_commit=2, fruitless_records=3)


def facts(*ledger: RunWindow, course: Course | None = None, **changes: Any) -> Facts:
    given: dict[str, Any] = {
        "kind": "full",
        "ledger": ledger,
        "course": course or Course(),
        "identity": IDENTITY,
        "sets": (),
        "window_records": 100,
        "parallel": 1,
        "max_deletion_share": 0.1,
        "now": NOW,
        "patience": PATIENCE,
    }
    return Facts(**given | changes)


def window(asked: Window = EVERYTHING, number: int = 1, **changes: Any) -> RunWindow:
    return RunWindow(id=number, window=asked, **changes)


def after(
    pages: Iterable[Page], known: Facts | None = None, provider: Provider | None = None, of: RunWindow | None = None
) -> tuple[Step, Provider]:
    """The step after the last of these pages."""
    reading, provider = of or window(), provider or Provider()
    known = known or facts(reading)
    progress, step = ListProgress(reading, known.asked(reading.window), known.patience), None
    for one in pages:
        fresh = progress.take(one)
        step = provider.run(plan.after_page(progress, one, fresh, known))
    assert step is not None
    return step, provider


def failing(
    error: ProviderError, known: Facts | None = None, provider: Provider | None = None, of: RunWindow | None = None
) -> tuple[Step, Provider]:
    """The step after a page did not come."""
    reading, provider = of or window(), provider or Provider(dict(ALIVE))
    known = known or facts(reading)
    progress = ListProgress(reading, known.asked(reading.window), known.patience)
    return provider.run(plan.after_failure(progress, error, known)), provider


def refused(code: OaiCode, words: str = "") -> ProtocolError:
    return ProtocolError(code, words)


class TestAPageCame:
    def test_a_page_with_a_token_moves_its_window_on(self):
        step, provider = after([page(2, token="t", size=9)])
        assert step.transitions == (Advance(1, Token("t"), 2, 9),)
        assert step.page == page(2, token="t", size=9)
        assert (step.course.has_progressed, step.course.latest) == (True, "2025-06-01T12:00:05Z")
        assert provider.asked == []

    def test_the_last_page_of_a_whole_list_closes_its_window(self):
        step, _ = after([page(2, token="t", size=4), page(2, 2)])
        assert step.transitions == (Advance(1, None, 2),)

    def test_a_good_page_ends_a_row_of_lists_that_failed(self):
        step, _ = after([page(token="t")], facts(window(), course=Course(failed_lists=7)))
        assert step.course.failed_lists == 0

    def test_a_page_with_records_at_the_end_of_a_whole_list_ends_a_row_of_lists_that_broke_off(self):
        broken = facts(window(), course=Course(broken_lists=7))
        assert after([page(2, size=2)], broken)[0].course.broken_lists == 0
        assert after([page(0, size=0)], broken)[0].course.broken_lists == 7

    def test_a_long_list_is_split_after_its_first_page_which_is_saved_with_it(self):
        step, _ = after([page(3, token="t", size=500)])
        (split,) = step.transitions
        assert isinstance(split, Split)
        assert (split.window_id, len(split.parts), split.list_size) == (1, 5, 500)
        assert step.page is not None

    @pytest.mark.parametrize(
        "known",
        [
            facts(window(), kind="range"),
            facts(window(), window_records=0),
            facts(window(), window_records=500),
        ],
        ids=["range", "no windows", "short enough"],
    )
    def test_a_list_is_read_as_it_is(self, known):
        assert isinstance(after([page(3, token="t", size=500)], known)[0].transitions[0], Advance)

    def test_a_list_that_restarted_is_not_split_for_its_size(self):
        assert isinstance(after([page(3, token="t", size=500)], of=window(attempts=1))[0].transitions[0], Advance)

    def test_a_list_that_tells_its_size_later_is_not_split(self):
        step, _ = after([page(3, token="t"), page(3, 3, token="u", size=500)])
        assert isinstance(step.transitions[0], Advance)

    @pytest.mark.parametrize(("size", "is_split"), [(200, False), (201, True)])
    def test_a_part_is_split_again_from_twice_its_size_on(self, size, is_split):
        part = window(YEAR, 2, parent=1)
        step, _ = after([page(3, token="t", size=size)], facts(window(state="split"), part), of=part)
        assert isinstance(step.transitions[0], Split) is is_split

    def test_a_part_whose_dates_are_ignored_is_read_as_one_list_again(self):
        whole, part = window(state="split"), window(YEAR, 2, parent=1)
        other, elsewhere = window(DAY, 3, parent=2), window(number=4)
        outside = replace(page(1, token="t", size=9), records=(replace(numbered(1)[0], datestamp="2019-01-01"),))
        step, _ = after([outside], facts(whole, part, other, elsewhere), of=part)
        assert step.transitions == (Restart(1), Close(2, 0), Close(3, 0))


class TestTheEndOfAList:
    def test_a_list_that_is_too_short_restarts_once(self):
        step, _ = after([page(2, size=9)])
        assert step.transitions == (Restart(1),)
        assert step.page is not None, "what came is saved all the same"

    def test_one_that_breaks_off_at_a_full_page_again_is_split_by_date(self):
        provider = Provider({GetRecord: by_identifier()})
        step, _ = after([page(3, token="t", size=9), page(3, 3)], of=window(attempts=1), provider=provider)
        restart, split = step.transitions
        assert restart == Restart(1)
        assert isinstance(split, Split)
        assert (len(split.parts), split.list_size) == (3, 9)
        assert step.course.broken_lists == 1

    def test_one_whose_last_page_is_not_full_is_believed_with_a_note(self):
        """The provider counts records that it does not show."""
        answers: dict[type, Any] = {
            ListIdentifiers: listing(page(5, size=9)),
            Missing: lambda _: [],
            GetRecord: by_identifier(),
        }
        provider = Provider(answers)
        step, _ = after([page(3, token="t", size=9), page(2, 3)], of=window(attempts=1), provider=provider)
        assert step.transitions == (Close(1, 5),)
        assert step.course.notes == (
            "the provider announced 9 records and gave 5, also after a retry; this is accepted as all it has",
        )

    def test_what_only_the_list_of_identifiers_names_is_fetched_before_the_end_is_believed(self):
        provider = Provider(
            {
                ListIdentifiers: listing(page(9, size=9)),
                GetRecord: by_identifier(),
                Missing: lambda question: question.listed[5:],
            }
        )
        step, _ = after([page(3, token="t", size=9), page(2, 3)], of=window(attempts=1), provider=provider)
        assert step.course.notes == ()
        fetched = ["oai:x:4", "oai:x:5", "oai:x:6", "oai:x:7", "oai:x:8"]  # with the one before the gap
        assert provider.saved == ["oai:x:3", "oai:x:4", *fetched]
        assert provider.asked == ["GetRecord", "ListIdentifiers"] + ["GetRecord"] * 5

    @pytest.mark.parametrize(("lost", "is_cut"), [((), False), (("oai:x:4",), True)])
    def test_the_record_where_one_breaks_off_is_saved_as_it_comes_by_identifier(self, lost, is_cut):
        """A proxy may have cut the page there. A whole version that came before must not be replaced for good."""
        answers: dict[type, Any] = {
            ListIdentifiers: listing(page(5, size=9)),
            Missing: lambda _: [],
            GetRecord: by_identifier(*lost),
        }
        provider, cut = Provider(answers), replace(page(1, 4).records[0], payload=b"<cut/>")
        last = replace(page(2, 3), records=(page(1, 3).records[0], cut))
        after([page(3, token="t", size=9), last], of=window(attempts=1), provider=provider)
        saved = provider.saves[0].page
        assert saved is not None
        assert [raw.payload == b"<cut/>" for raw in saved.records] == [False, is_cut]

    @pytest.mark.parametrize(
        ("course", "attempts", "is_split"),
        [
            (Course(), 5, True),
            (Course(), 6, False),
            (Course(broken_lists=19), 1, True),
            (Course(broken_lists=20), 1, False),
        ],
    )
    def test_a_list_that_breaks_off_is_not_split_for_ever(self, course, attempts, is_split):
        reading = window(attempts=attempts)
        answers: dict[type, Any] = {
            ListIdentifiers: listing(page(9, size=9)),
            Missing: lambda _: [],
            GetRecord: by_identifier(),
        }
        provider = Provider(answers)
        step, _ = after([page(3, size=9)], facts(reading, course=course), provider, reading)
        assert isinstance(step.transitions[-1], Split) is is_split

    def test_a_list_in_circles_is_split(self):
        same = page(2, token="same")
        step, _ = after([same, same], of=window(attempts=1))
        assert isinstance(step.transitions[-1], Split)

    def test_a_list_of_no_length_is_compared_with_its_identifiers_where_it_ends_on_an_only_full_page(self):
        whole = Provider({ListIdentifiers: listing(page(3))})
        assert after([page(3)], provider=whole)[0].transitions == (Advance(1, None, 3),)
        longer = Provider({ListIdentifiers: listing(page(3, token="t"), page(3, 3, token="u"))})
        assert after([page(3)], provider=longer)[0].transitions == (Restart(1),)
        assert after([page(2)])[1].asked == []

    def test_an_only_page_of_a_round_number_is_doubted_where_its_identifiers_end_there_too(self):
        """OJS 3.3 could forget the tokens of both lists."""
        provider = Provider({ListIdentifiers: listing(page(5))})
        assert after([page(5)], provider=provider)[0].transitions == (Restart(1),)

    def test_it_is_doubted_where_identifiers_cannot_be_listed(self):
        provider = Provider({ListIdentifiers: BadStatus("HTTP 500", 500)})
        assert after([page(3)], provider=provider)[0].transitions == (Restart(1),)

    @pytest.mark.parametrize(("last", "asks"), [(page(0), True), (page(2, 2), True), (page(1, 2), False)])
    def test_of_several_pages_the_last_looks_cut_where_it_is_full_or_empty(self, last, asks):
        provider = Provider({ListIdentifiers: listing(page(4))})
        after([page(2, token="t"), last], provider=provider)
        assert provider.asked == ["ListIdentifiers"] * asks


class TestRefusedTokens:
    def test_an_expired_token_costs_a_restart_and_no_question(self):
        step, provider = failing(refused(OaiCode.BAD_RESUMPTION_TOKEN))
        assert (step.transitions, provider.asked) == ((Restart(1),), [])

    def test_a_bad_argument_behind_a_token_is_a_refused_token(self):
        reading = window(token=Token("t"), pages=1)
        assert failing(refused(OaiCode.BAD_ARGUMENT), of=reading)[0].transitions == (Restart(1),)

    def test_after_two_restarts_the_window_is_split_as_long_as_it_can_be(self):
        step, provider = failing(refused(OaiCode.BAD_RESUMPTION_TOKEN), of=window(YEAR, attempts=2))
        assert [type(move) for move in step.transitions] == [Restart, Split]
        assert provider.asked == ["Identify"]

    def test_the_records_of_a_single_day_are_fetched_one_by_one(self):
        answers = {**ALIVE, ListIdentifiers: listing(page(2)), GetRecord: by_identifier()}
        step, provider = failing(
            refused(OaiCode.BAD_RESUMPTION_TOKEN), of=window(DAY, attempts=2), provider=Provider(answers)
        )
        assert step.transitions == (Close(1, 2),)
        assert provider.saved == ["oai:x:0", "oai:x:1"]


class TestPagesThatFail:
    ERROR = BadStatus("HTTP 500", 500)

    def test_many_records_are_split_by_date(self):
        provider = Provider({**ALIVE, ListIdentifiers: listing(page(9, token="t", size=30))})
        step, _ = failing(self.ERROR, of=window(YEAR), provider=provider)
        restart, split = step.transitions
        assert restart == Restart(1)
        assert isinstance(split, Split)
        assert (len(split.parts), split.list_size) == (2, 30)

    def test_few_records_are_fetched_one_by_one_and_those_that_do_not_come_are_rejected(self):
        answers = {**ALIVE, ListIdentifiers: listing(page(4, size=4)), GetRecord: by_identifier("oai:x:2")}
        step, provider = failing(self.ERROR, of=window(YEAR), provider=Provider(answers))
        assert step.transitions == (Close(1, 4),)
        assert provider.saved == ["oai:x:0", "oai:x:1", "oai:x:3", "-oai:x:2"]
        assert (step.course.has_progressed, step.course.failed_lists) == (True, 0)

    def test_a_list_without_a_length_is_small_below_a_full_page(self):
        answers = {**ALIVE, ListIdentifiers: listing(page(3)), GetRecord: by_identifier()}
        assert isinstance(failing(self.ERROR, of=window(YEAR), provider=Provider(answers))[0].transitions[-1], Split)
        answers[ListIdentifiers] = listing(page(2))
        assert failing(self.ERROR, of=window(YEAR), provider=Provider(answers))[0].transitions == (Close(1, 2),)

    def test_an_incomplete_list_of_identifiers_closes_nothing(self):
        answers = {**ALIVE, ListIdentifiers: listing(page(2, size=4)), GetRecord: by_identifier()}
        step, _ = failing(self.ERROR, of=window(DAY, attempts=1), provider=Provider(answers))
        assert (step.transitions, step.course.failed) == ((), {1: "HTTP 500"})

    def test_identifiers_are_listed_in_oai_dc_where_the_format_itself_fails(self):
        asked: list[str] = []

        def answer(question: Question) -> Page | ProviderError:
            assert isinstance(question, ListIdentifiers)
            asked.append(question.window.prefix)
            return self.ERROR if question.window.prefix == "jats" else page(1, size=1)

        answers = {**ALIVE, ListIdentifiers: answer, GetRecord: by_identifier()}
        jats = window(replace(DAY, prefix="jats"))
        assert failing(self.ERROR, of=jats, provider=Provider(answers))[0].transitions == (Close(1, 1),)
        assert asked == ["jats", "oai_dc"]

    def test_a_provider_that_answers_nothing_else_is_left_for_later(self):
        silent = Provider({Identify: Unreachable("no route")})
        step, _ = failing(self.ERROR, provider=silent)
        assert (step.transitions, step.course.failed) == ((), {1: "HTTP 500"})

    @pytest.mark.parametrize(
        "error", [BadStatus("HTTP 503", 503), BadStatus("HTTP 429", 429), RefusedAddress("private")]
    )
    def test_an_overloaded_provider_or_a_refused_address_is_not_asked_on(self, error):
        step, provider = failing(error)
        assert (step.transitions, provider.asked, set(step.course.failed)) == ((), [], {1})

    @pytest.mark.parametrize(("failed", "asks"), [(19, True), (20, False)])
    def test_after_twenty_lists_in_a_row_the_provider_is_to_blame(self, failed, asks):
        known = facts(window(YEAR), course=Course(failed_lists=failed))
        provider = Provider({**ALIVE, ListIdentifiers: self.ERROR})
        step, _ = failing(self.ERROR, known, provider, window(YEAR))
        assert bool(provider.asked) is asks
        assert step.course.failed_lists == 20

    def test_a_window_whose_records_all_fail_counts_as_a_failed_list_and_one_that_gives_some_ends_the_row(self):
        known = facts(window(DAY), course=Course(failed_lists=5))

        def after_fetching(count: int, *lost: str) -> int:
            answers = {**ALIVE, ListIdentifiers: listing(page(count, size=count)), GetRecord: by_identifier(*lost)}
            return failing(self.ERROR, known, Provider(answers), window(DAY))[0].course.failed_lists

        assert after_fetching(2, "oai:x:0", "oai:x:1") == 6
        assert after_fetching(2, "oai:x:0") == 0
        assert after_fetching(0) == 5, "an empty window says nothing about the provider"

    FORBIDDEN = BadStatus("HTTP 403", 403)

    def test_a_page_in_the_middle_that_fails_like_the_first_one_leaves_all_windows_open(self):
        reading, other = window(YEAR, token=Token("t"), pages=2), window(DAY, 2)
        provider = Provider({**ALIVE, ListRecords: self.ERROR})
        step, _ = failing(self.ERROR, facts(reading, other), provider, reading)
        assert step.transitions == ()
        assert (step.course.is_refused, set(step.course.suspended)) == (True, {1, 2})
        assert "no single record is at fault" in step.course.failed[1]
        assert provider.asked == ["Identify", "ListRecords"]

    def test_a_page_in_the_middle_that_fails_alone_is_split_by_date(self):
        answers = {**ALIVE, ListRecords: page(2), ListIdentifiers: listing(page(9, token="t", size=30))}
        answers |= {StoredIdentifiers: [], StoredRecords: {}}
        step, _ = failing(self.FORBIDDEN, of=window(YEAR, token=Token("t"), pages=2), provider=Provider(answers))
        assert isinstance(step.transitions[-1], Split)

    def test_a_first_page_that_is_refused_like_lists_of_other_days_leaves_its_window_open(self):
        held = {str(year): StoredRecord(f"{year}-01-01", False, None) for year in (2019, 2021)}
        stored: dict[type, Any] = {StoredIdentifiers: sorted(held), StoredRecords: held}
        answers = {**ALIVE, **stored, ListRecords: self.FORBIDDEN, ListIdentifiers: listing(page(2, size=30))}
        answers[ListIdentifiers] = lambda asked: Page(records=(replace(numbered(1)[0], datestamp="2021-01-01"),))
        step, _ = failing(self.FORBIDDEN, of=window(YEAR), provider=Provider(answers))
        assert step.transitions == ()
        assert (step.course.is_refused, set(step.course.failed)) == (True, {1})

    def test_records_that_are_refused_one_by_one_like_those_that_came_are_not_rejected(self):
        held = {"x": StoredRecord("2019-01-01", False, None)}
        came = iter([page(1), self.FORBIDDEN, self.FORBIDDEN])
        answers = {**ALIVE, StoredIdentifiers: ["x"], StoredRecords: held, GetRecord: lambda _: next(came)}
        answers |= {ListRecords: page(2), ListIdentifiers: listing(page(2, size=2))}
        step, provider = failing(self.FORBIDDEN, of=window(DAY), provider=Provider(answers))
        assert (step.transitions, step.course.is_refused, provider.saved) == ((), True, [])

    def test_once_refused_other_lists_are_left_open_without_a_request(self):
        known = facts(window(YEAR), window(DAY, 2), course=Course(is_refused=True, failed={1: "refused"}))
        step, provider = failing(self.FORBIDDEN, known, of=window(DAY, 2))
        assert (provider.asked, step.course.failed) == ([], {1: "refused", 2: "HTTP 403"})

    def test_a_connection_that_breaks_for_one_record_gets_a_second_chance(self):
        broken = iter([Unreachable("broke"), page(1)])
        answers = {**ALIVE, ListIdentifiers: listing(page(1, size=1)), GetRecord: lambda _: next(broken)}
        step, provider = failing(self.ERROR, of=window(DAY), provider=Provider(answers))
        assert (step.transitions, provider.saved) == ((Close(1, 1),), ["oai:x:0"])

    def test_a_provider_that_dies_while_records_are_fetched_closes_nothing(self):
        alive = iter([IDENTITY, Unreachable("gone")])
        answers: dict[type, Any] = {
            Identify: lambda _: next(alive),
            ListIdentifiers: listing(page(2, size=2)),
            GetRecord: by_identifier("oai:x:0"),
        }
        step, _ = failing(TooSlow("slow"), of=window(DAY, attempts=1), provider=Provider(answers))
        assert (step.transitions, step.course.failed) == ((), {1: "HTTP 500"})

    def test_a_format_that_is_not_offered_is_said_with_those_that_are(self):
        answers = {**ALIVE, ListFormats: (Format("marc"), Format("ese"))}
        step, _ = failing(refused(OaiCode.CANNOT_DISSEMINATE_FORMAT), provider=Provider(answers))
        assert step.course.failed == {
            1: "the provider has no metadata prefix oai_dc; it offers ese, marc: set `formats` accordingly"
        }


class TestBadArguments:
    def test_dates_are_tried_in_the_other_granularity(self):
        step, _ = failing(refused(OaiCode.BAD_ARGUMENT), of=window(YEAR))
        assert step.transitions == (SwitchGranularity("second"),)
        assert step.course.has_switched

    def test_what_was_sent_before_the_switch_is_sent_again(self):
        switched = facts(
            window(YEAR), course=Course(has_switched=True), identity=replace(IDENTITY, granularity="second")
        )
        progress = ListProgress(window(YEAR), YEAR)
        step = Provider().run(plan.after_failure(progress, refused(OaiCode.BAD_ARGUMENT), switched))
        assert (step.transitions, step.course.failed) == ((), {})

    def test_a_part_that_is_refused_in_both_is_read_as_one_list(self):
        whole, part = window(state="split"), window(YEAR, 2, parent=1)
        switched = replace(IDENTITY, granularity="second")
        known = facts(whole, part, course=Course(has_switched=True), identity=switched)
        step, _ = failing(refused(OaiCode.BAD_ARGUMENT), known, of=part)
        assert step.transitions == (SwitchGranularity("day"), Restart(1), Close(2, 0))

    @pytest.mark.parametrize(
        ("ledger", "error"),
        [
            ([window(state="split", attempts=1), window(YEAR, 2, parent=1)], BadStatus("HTTP 404", 404)),
            ([window(state="split"), window(YEAR, 2, parent=1), window(DAY, 3, parent=1, state="done")],
             BadStatus("HTTP 404", 404)),
            ([window(state="split"), window(YEAR, 2, parent=1)], BadStatus("HTTP 503", 503)),
            ([window(state="split"), window(YEAR, 2, parent=1)], Unreachable("no route")),
        ],
        ids=["restarted before", "a part came", "overloaded", "out of reach"],
    )  # fmt: skip
    def test_dates_are_not_to_blame(self, ledger, error):
        dead = Provider({Identify: Unreachable("no route")})
        step, _ = failing(error, facts(*ledger), dead, ledger[1])
        assert (step.transitions, set(step.course.failed)) == ((), {2})

    def test_a_part_that_fails_while_no_part_with_an_end_came_is_read_as_one_list(self):
        ledger = [window(state="split"), window(YEAR, 2, parent=1)]
        dead = Provider({Identify: Unreachable("no route")})
        step, _ = failing(BadStatus("HTTP 404", 404), facts(*ledger), dead, ledger[1])
        assert step.transitions == (Restart(1), Close(2, 0))

    @pytest.mark.parametrize(("offered", "is_gone"), [((SetInfo("b", "B"),), True), ((SetInfo("a", "A"),), False)])
    def test_a_set_that_is_gone_closes_its_window_with_a_note(self, offered, is_gone):
        reading = window(replace(DAY, until=None, set_spec="a"), seen=3, attempts=1)
        provider = Provider({**ALIVE, ListSets: offered})
        step, _ = failing(
            refused(OaiCode.BAD_ARGUMENT),
            facts(reading, sets=("a",), course=Course(has_switched=True)),
            provider,
            reading,
        )
        assert (step.transitions, step.course.has_lost_set) == (((Close(1, 3),), True) if is_gone else ((), False))

    def test_sets_that_cannot_be_listed_are_not_gone(self):
        reading = window(replace(DAY, until=None, set_spec="a"))
        provider = Provider({ListSets: BadStatus("HTTP 500", 500)})
        known = facts(reading, sets=("a",), course=Course(has_switched=True))
        step, _ = failing(refused(OaiCode.BAD_ARGUMENT), known, provider, reading)
        assert (step.transitions, set(step.course.failed)) == ((), {1})


class TestADateThatIsRequired:
    WITH_A_DATE = (Split(1, (replace(EVERYTHING, since="1970-01-01"),)),)

    def test_a_list_without_dates_that_is_refused_is_asked_for_from_a_date_on(self):
        assert failing(refused(OaiCode.BAD_ARGUMENT))[0].transitions == self.WITH_A_DATE

    @pytest.mark.parametrize("status", [400, 422, 500])
    def test_so_is_one_that_fails_where_identifiers_cannot_be_listed_either(self, status):
        error = BadStatus("", status)
        step, _ = failing(error, provider=Provider({**ALIVE, ListIdentifiers: error}))
        assert step.transitions == (Restart(1), *self.WITH_A_DATE)

    @pytest.mark.parametrize(
        ("earliest", "since"), [("", "1970-01-01"), ("2030-01-01", "1970-01-01"), ("1899-12-31", "1899-12-31")]
    )
    def test_no_record_is_before_that_date(self, earliest, since):
        known = facts(window(), identity=replace(IDENTITY, earliest=earliest))
        (split,) = failing(refused(OaiCode.BAD_ARGUMENT), known)[0].transitions
        assert isinstance(split, Split)
        assert split.parts[0].since == since

    @pytest.mark.parametrize(
        ("kind", "reading", "others", "is_dated"),
        [
            ("full", window(), (), True),
            ("full", window(attempts=1), (), False),  # it broke off
            ("full", window(), (window(number=2, seen=5),), False),  # another set gave records without a date
            ("full", window(DAY), (), False),
            ("incremental", window(), (), False),
        ],
    )
    def test_so_is_a_whole_list_that_is_empty(self, kind, reading, others, is_dated):
        step, _ = after([page(0)], facts(reading, *others, kind=kind), of=reading)
        assert (step.transitions == self.WITH_A_DATE) is is_dated

    def test_a_list_that_is_refused_with_its_date_is_left_open(self):
        dated = window(replace(EVERYTHING, since="1970-01-01"), 2, parent=1)
        known = facts(window(state="split"), dated, course=Course(has_switched=True))
        assert failing(refused(OaiCode.BAD_ARGUMENT), known, of=dated)[0].course.failed.keys() == {2}


class TestAListThatBecameMuchShorter:
    """An index that is rebuilt in the middle of a list (DSpace, dataverse#3437)."""

    def again(self, total: int, size: int | None, **before: Any) -> Step:
        reading = window(attempts=before.pop("attempts", 1), **before)
        answers: dict[type, Any] = {
            ListIdentifiers: listing(page(total, size=size)),
            Missing: lambda _: [],
            GetRecord: by_identifier(),
        }
        return after([page(total, size=size)], of=reading, provider=Provider(answers))[0]

    @pytest.mark.parametrize(("total", "size"), [(0, None), (12, 12), (12, None), (20, 20)])
    def test_stays_open_for_the_next_harvest(self, total, size):
        step = self.again(total, size, announced=59, delivered=20)
        assert step.transitions == (Restart(1, total, NOW),)
        assert step.course.failed == {
            1: f"the list announced 59 records before and gives {total} now, so its index may be incomplete"
        }
        assert step.course.suspended == {1}

    def test_has_no_second_try_in_the_same_run(self):
        course = self.again(0, None, announced=59, delivered=20).course
        assert Provider().run(plan.when_idle(facts(window(attempts=2, announced=59), course=course))) is None

    def test_is_believed_with_a_note_when_a_harvest_of_the_next_day_gets_as_much(self):
        step = self.again(40, 40, announced=59, delivered=20, last_total=41, short_since=YESTERDAY, attempts=2)
        assert step.transitions == (Advance(1, None, 40, 40),)
        assert "announced 59 records before and gives 40 now" in step.course.notes[0]

    def test_is_not_believed_while_it_grows(self):
        step = self.again(40, 40, announced=59, delivered=20, last_total=25, short_since=YESTERDAY, attempts=9)
        assert step.transitions == (Restart(1, 40, NOW),)

    @pytest.mark.parametrize("attempts", [2, 6, 50])
    def test_is_not_believed_on_the_same_day_however_often_it_is_requested(self, attempts):
        step = self.again(40, 40, announced=59, delivered=20, last_total=41, short_since=BEFORE, attempts=attempts)
        assert step.transitions == (Restart(1, 41, BEFORE),), "it is compared with the first of them"

    def test_is_not_believed_while_nobody_knows_since_when_it_is_so(self):
        """A store of an earlier release did not keep that."""
        step = self.again(40, 40, announced=59, delivered=20, last_total=41, attempts=9)
        assert step.transitions == (Restart(1, 40, NOW),)

    @pytest.mark.parametrize(("attempts", "is_believed"), [(2, False), (5, False), (6, True)])
    def test_is_believed_late_where_it_gives_less_than_it_gave_before(self, attempts, is_believed):
        known = {"last_total": 12, "short_since": YESTERDAY, "attempts": attempts}
        step = self.again(12, 12, announced=59, delivered=20, **known)
        assert bool(step.course.notes) is is_believed

    @pytest.mark.parametrize(
        ("total", "size", "before"),
        [
            (54, 54, {"announced": 59, "delivered": 20}),  # some were deleted
            (59, 59, {"announced": 59, "delivered": 20}),
            (23, 40, {"announced": 40, "delivered": 23}),  # always counted wrong
            (12, 12, {}),
        ],
    )
    def test_other_lists_are_believed_as_ever(self, total, size, before):
        assert not self.again(total, size, **before).course.suspended

    def test_records_fetched_one_by_one_are_held_against_what_was_announced_too(self):
        answers = {**ALIVE, ListIdentifiers: listing(page(2, size=2)), GetRecord: by_identifier()}
        reading = window(DAY, attempts=1, announced=30)
        step, _ = failing(BadStatus("HTTP 500", 500), of=reading, provider=Provider(answers))
        assert step.transitions == (Restart(1, 2, NOW),)
        assert step.course.suspended == {1}

    def test_so_they_are_believed_when_they_are_as_many_on_the_next_day(self):
        answers = {**ALIVE, ListIdentifiers: listing(page(2, size=2)), GetRecord: by_identifier()}
        reading = window(DAY, attempts=6, announced=30, last_total=2, short_since=YESTERDAY)
        step, _ = failing(BadStatus("HTTP 500", 500), of=reading, provider=Provider(answers))
        assert step.transitions == (Close(1, 2),)
        assert "announced 30 records before and gives 2 now" in step.course.notes[0]


class TestNoListIsBeingRead:
    def idle(self, *ledger: RunWindow, provider: Provider | None = None, **course: Any) -> Step | None:
        return (provider or Provider()).run(plan.when_idle(facts(*ledger, course=Course(**course))))

    def test_nothing_is_left_to_do(self):
        assert self.idle(window(state="done")) is None

    def test_a_failed_window_has_a_second_try_once_something_came(self):
        step = self.idle(window(), failed={1: "HTTP 503"}, has_progressed=True)
        assert step is not None
        assert (step.course.failed, step.course.has_retried) == ({}, True)
        assert self.idle(window(), failed={1: "HTTP 503"}) is None
        assert self.idle(window(), failed={1: "HTTP 503"}, has_progressed=True, has_retried=True) is None

    def split(self, size: int | None, *seen: int, attempts: int = 0, state: Any = "done") -> tuple[RunWindow, ...]:
        parts = [window(YEAR, number, parent=1, seen=count, state=state) for number, count in enumerate(seen, 2)]
        return window(state="split", list_size=size, attempts=attempts), *parts

    def test_a_window_closes_when_its_parts_gave_what_it_announced(self):
        step = self.idle(*self.split(9, 4, 5))
        assert step is not None
        assert step.transitions == (Close(1, 9),)

    def test_it_stays_split_while_a_part_is_open(self):
        assert self.idle(*self.split(9, 4, 5, state="open")) is None

    def test_parts_that_gave_less_are_asked_for_as_a_whole_again(self):
        step = self.idle(*self.split(9, 4, 4))
        assert step is not None
        assert step.transitions == (Close(2, 0), Close(3, 0), Restart(1))

    def test_parts_that_give_less_again_are_believed_after_the_identifiers_are_compared(self):
        provider = Provider({ListIdentifiers: listing(page(8)), Missing: lambda _: []})
        step = self.idle(*self.split(9, 4, 4, attempts=1), provider=provider)
        assert step is not None
        assert step.transitions == (Close(1, 8),)
        assert "gave 8" in step.course.notes[0]

    def test_records_without_a_date_are_looked_for_where_no_length_is_known(self):
        provider = Provider(
            {
                ListIdentifiers: listing(page(3)),
                GetRecord: by_identifier(),
                Missing: lambda question: question.listed[2:],
            }
        )
        step = self.idle(*self.split(None, 1, 1), provider=provider)
        assert step is not None
        assert (step.transitions, step.course.notes) == ((Close(1, 2),), ())
        assert provider.saved == ["oai:x:1", "oai:x:2"]


def test_a_bad_record_of_a_list_is_kept_with_its_page():
    bad = BadRecord(identifier=None, reason="no header", payload=b"<record/>")
    step, _ = after([replace(page(1, size=2), bad=(bad,))])
    assert step.transitions == (Advance(1, None, 2, 2),)


def test_every_step_is_decided_by_its_event_and_facts_alone():
    """The same event and facts give the same step; nothing is remembered between them."""
    known = facts(window())
    steps = [after([page(2, token="t", size=9)], known)[0] for _ in range(2)]
    assert steps[0] == steps[1]
