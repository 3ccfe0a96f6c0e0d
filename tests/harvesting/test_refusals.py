from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harvester.errors import BadAnswer, BadStatus, OaiCode, ProtocolError, ProviderError, TooSlow, Unreachable
from harvester.harvesting.lists import ListProgress
from harvester.harvesting.questions import (
    GetRecord,
    ListIdentifiers,
    ListRecords,
    Question,
    StoredIdentifiers,
    StoredRecords,
)
from harvester.harvesting.refusals import Sample, fails_where_it_came, refuses_all, spread, stored_sample
from harvester.model import Page, RawRecord, StoredRecord, Token, Window
from harvester.store import RunWindow
from tests.harvesting.by_hand import Provider

ASKED = Window(prefix="oai_dc", since="2026-01-01")
LATER = replace(ASKED, since="2026-06-01")
FORBIDDEN = BadStatus("HTTP 403", 403)
NOTHING = ProtocolError(OaiCode.NO_RECORDS_MATCH, "")


def record(number: int, day: str) -> RawRecord:
    return RawRecord(identifier=f"oai:x:{number}", datestamp=day, payload=b"<record/>")


STAMPS = ["2020-01-01", "2021-02-03T04:05:06Z", "2022-03-04", "2023-01-01"]
LISTED = Page(records=tuple(record(number, day) for number, day in enumerate(STAMPS)))


def stored(*stamps: str, deleted: bool = False) -> dict[type, Any]:
    held = {
        f"oai:x:{number}": StoredRecord(stamp, deleted and number == 0, None) for number, stamp in enumerate(stamps)
    }
    return {StoredIdentifiers: sorted(held), StoredRecords: held}


def reading(token: str | None) -> ListProgress:
    return ListProgress(RunWindow(id=1, window=ASKED, pages=3, token=Token(token) if token else None), ASKED)


class TestInTheMiddleOfAList:
    @pytest.mark.parametrize(
        "again", [FORBIDDEN, BadAnswer("a web page", refused=True), BadStatus("HTTP 500", 500), Unreachable("reset")]
    )
    def test_a_first_page_that_came_and_does_not_come_now_shows_that_no_record_is_at_fault(self, again):
        provider = Provider({ListRecords: again})
        assert provider.run(fails_where_it_came(reading("page 4"), FORBIDDEN))
        assert provider.asked == ["ListRecords"]

    @pytest.mark.parametrize("again", [LISTED, NOTHING, TooSlow("slow")])
    def test_any_other_answer_leaves_the_page_at_fault(self, again):
        assert not Provider({ListRecords: again}).run(fails_where_it_came(reading("page 4"), FORBIDDEN))

    def test_nothing_came_before_the_first_page(self):
        assert not Provider().run(fails_where_it_came(reading(None), FORBIDDEN))

    @pytest.mark.parametrize("error", [TooSlow("slow"), ProtocolError(OaiCode.CANNOT_DISSEMINATE_FORMAT, "")])
    def test_some_faults_say_something_about_their_page_only(self, error):
        assert not Provider().run(fails_where_it_came(reading("page 4"), error))


def refusing(*days: str) -> Any:
    """ListRecords that refuses the lists of these days, or all."""

    def answer(question: Question) -> Page | ProviderError:
        assert isinstance(question, ListRecords)
        return FORBIDDEN if not days or question.window.since in days else NOTHING

    return answer


class TestAtItsBeginning:
    def refuses(
        self, answers: dict[type, Any], known: dict[type, Any], listed: Page = LISTED
    ) -> tuple[bool, list[str]]:
        provider = Provider({**known, ListIdentifiers: LISTED, **answers})
        decided = provider.run(refuses_all(ASKED, listed, "day", LATER))
        return decided, [name for name in provider.asked if not name.startswith("Stored")]

    def test_lists_of_several_days_that_are_all_refused_show_that_no_record_is_at_fault(self):
        lists = ["ListRecords"] * 3 + ["ListIdentifiers"]
        assert self.refuses({ListRecords: FORBIDDEN}, stored(*STAMPS)) == (True, lists)

    @pytest.mark.parametrize("bad", ["2020-01-01", "2022-03-04", "2023-01-01"])
    def test_a_bad_record_is_on_one_day(self, bad):
        assert not self.refuses({ListRecords: refusing(bad)}, stored(*STAMPS))[0]

    def test_of_a_provider_that_gave_nothing_yet_the_listed_days_are_requested(self):
        assert self.refuses({ListRecords: FORBIDDEN}, stored())[0]
        days = ["2020-01-01", "2022-03-04", "2023-01-01"]
        assert not self.refuses({ListRecords: refusing("2026-06-01", *days[1:])}, stored())[0]
        asked = ["ListRecords"]
        assert self.refuses({ListRecords: refusing(*days)}, stored()) == (False, asked), "a whole page may be bad"

    @pytest.mark.parametrize(
        "dates", [FORBIDDEN, NOTHING, Page(records=()), Page(records=(record(9, "2009-01-01"),))],
        ids=["refused", "an error", "without records", "ignored"],
    )  # fmt: skip
    @pytest.mark.parametrize("comes", [True, False])
    def test_where_dates_may_be_the_reason_records_that_came_decide(self, dates, comes):
        answer = LISTED if comes else FORBIDDEN
        answers: dict[type, Any] = {ListRecords: FORBIDDEN, ListIdentifiers: dates, GetRecord: answer}
        assert self.refuses(answers, stored(*STAMPS))[0] is not comes

    def test_where_all_records_are_of_one_day_records_that_came_decide(self):
        day = ["2024-05-01"] * 5
        assert self.refuses({GetRecord: FORBIDDEN}, stored(*day)) == (True, ["GetRecord"] * 3)
        assert self.refuses({GetRecord: NOTHING}, stored(*day)) == (False, ["GetRecord"])

    def test_a_single_record_that_never_came_may_be_bad(self):
        alone = Page(records=(record(1, "2024-05-01"),))
        refused: dict[type, Any] = {ListRecords: FORBIDDEN, GetRecord: FORBIDDEN}
        assert self.refuses(refused, stored(), alone) == (False, ["ListRecords"])
        two = Page(records=(record(1, "2024-05-01"), record(2, "2024-05-01")))
        assert self.refuses(refused, stored(), two) == (True, ["ListRecords", *["GetRecord"] * 2])

    def test_days_are_requested_in_the_granularity_of_the_provider(self):
        asked = []

        def answer(question: Question) -> ProviderError:
            assert isinstance(question, ListRecords)
            asked.append(question.window)
            return NOTHING

        provider = Provider({**stored(*STAMPS), ListRecords: answer})
        assert not provider.run(refuses_all(replace(ASKED, set_spec="a"), LISTED, "second", LATER))
        (window,) = asked
        assert window == replace(ASKED, set_spec="a", since="2020-01-01T00:00:00Z", until="2020-01-02T00:00:00Z")


def test_a_sample_is_of_live_records_with_dates_that_can_be_read():
    sample = Provider(stored("2020-01-01", "unknown", "2021-01-01T10:00:00Z", deleted=True)).run(stored_sample())
    assert sample.identifiers == ("oai:x:2", "oai:x:1")
    assert [day.isoformat() for day in sample.days] == ["2021-01-01T00:00:00+00:00"]
    assert Provider(stored()).run(stored_sample()) == Sample((), ())


@pytest.mark.parametrize(("count", "chosen"), [(0, ()), (1, (0,)), (2, (0, 1)), (3, (0, 1, 2)), (9, (0, 4, 8))])
def test_a_few_far_apart(count, chosen):
    assert spread(range(count)) == chosen
