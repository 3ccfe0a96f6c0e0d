"""A comparison by hand: what is fetched, what is deleted, and when a person has to look first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from harvester.config import Source, load
from harvester.errors import BadStatus, OaiCode, ProtocolError, ProviderError, Unreachable
from harvester.harvesting.comparison import compare
from harvester.harvesting.ending import Ending
from harvester.harvesting.patience import Patience
from harvester.harvesting.questions import (
    GetRecord,
    LastComplete,
    ListIdentifiers,
    ListSets,
    Question,
    RejectedBefore,
    StoredIdentifiers,
    StoredRecords,
)
from harvester.model import Page, RawRecord, SetInfo, StoredRecord, Window
from harvester.store import Close, Counts, Run, RunWindow, UnresolvedRejection
from tests.harvesting.by_hand import Provider, by_identifier, listing, page
from tests.workbench import NOW, Workbench

GONE = ProtocolError(OaiCode.ID_DOES_NOT_EXIST, "")
PATIENCE = Patience(records_per_commit=2, fruitless_records=3, missing_records=4)
RUN = Run(
    id=7, source="journal", prefix="oai_dc", kind="reconcile", state="running", started=NOW, finished=None,
    response_date=None, error=None, pages=0, counts=Counts(),
    windows=(RunWindow(id=1, window=Window(prefix="oai_dc")),),
)  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Source:
    bench = Workbench(tmp_path)
    bench.configure(
        "https://river.example.org/oai", ["oai_dc"], prefixes=["10.5555"], more="max_deletion_share = 0.5\n"
    )
    return load(bench.path).sources["journal"]


def stored(count: int, datestamp: str = "2024-05-01", deleted: bool = False) -> dict[type, Any]:
    known = {f"oai:x:{number}": StoredRecord(datestamp, deleted, "hash") for number in range(count)}

    def identifiers(question: Question) -> list[str]:
        assert isinstance(question, StoredIdentifiers)
        return [] if question.after else list(known)

    def records(question: Question) -> dict[str, StoredRecord]:
        assert isinstance(question, StoredRecords)
        return {name: known[name] for name in question.identifiers if name in known}

    return {StoredIdentifiers: identifiers, StoredRecords: records, RejectedBefore: [], LastComplete: None}


def compared(
    source: Source, here: dict[type, Any], *pages: Page | ProviderError, get: Any = None, confirm: bool = False
) -> tuple[Ending, Provider]:
    answers = {**here, ListIdentifiers: listing(*pages), GetRecord: get or by_identifier()}
    provider = Provider(answers)
    return provider.run(compare(RUN, source, PATIENCE, confirm=confirm)), provider


def test_a_store_that_has_all_is_complete_and_asks_for_nothing(source: Source):
    decided, provider = compared(source, stored(3), page(2, token="t"), page(1, 2))
    assert (decided.outcome.state, decided.outcome.error, decided.transitions) == ("complete", None, (Close(1, 3),))
    assert "GetRecord" not in provider.asked


def test_what_is_missing_or_older_is_fetched(source: Source):
    decided, provider = compared(source, stored(1, datestamp="2023-01-01"), page(3))
    assert (decided.outcome.state, provider.saved) == ("complete", ["oai:x:0", "oai:x:1", "oai:x:2"])


@pytest.mark.parametrize(("lost", "saved"), [((), [1, 2, 3]), (("oai:x:1",), [2, 3])])
def test_the_record_before_a_gap_is_fetched_too_as_it_can_be_cut(
    source: Source, lost: tuple[str, ...], saved: list[int]
):
    decided, provider = compared(source, stored(2), page(2, token="t"), page(2, 2), get=by_identifier(*lost))
    assert (decided.outcome.state, decided.outcome.error) == ("complete", None)
    assert provider.saved == [f"oai:x:{number}" for number in saved]


def test_what_was_rejected_is_fetched_though_the_store_has_an_earlier_version(source: Source):
    here = stored(2) | {RejectedBefore: [UnresolvedRejection("oai:x:1", "HTTP 500")]}
    assert compared(source, here, page(2))[1].saved == ["oai:x:1"]


def test_a_missing_record_that_does_not_come_is_rejected_and_costs_the_others_nothing(source: Source):
    decided, provider = compared(source, stored(0), page(3), get=by_identifier("oai:x:1"))
    assert (decided.outcome.state, provider.saved) == ("complete", ["oai:x:0", "-oai:x:1", "oai:x:2"])
    assert decided.outcome.error == "1 of the records could not be fetched by identifier, among them oai:x:1: HTTP 500"


def test_a_provider_that_gives_no_record_has_failed(source: Source):
    names = [f"oai:x:{number}" for number in range(4)]
    assert compared(source, stored(0), page(4), get=by_identifier(*names))[0].outcome.state == "failed"


def test_no_more_missing_records_are_fetched_than_patience_allows(source: Source):
    decided, provider = compared(source, stored(0), page(6))
    assert (decided.outcome.state, len(provider.saved), decided.transitions) == ("incomplete", 4, ())
    assert "2 more records are missing here" in (decided.outcome.error or "")


def test_a_list_that_shrinks_while_it_is_read_is_read_again(source: Source):
    """A record of the first page was deleted meanwhile: the third one is on the first page now."""
    pages = page(2, token="t", size=5), page(1, 3, size=4), page(2, 1, token="t", size=3), page(1, 3, size=3)
    decided, provider = compared(source, stored(0), *pages)
    assert (decided.outcome.state, provider.asked.count("ListIdentifiers")) == ("complete", 4)
    assert sorted(provider.saved) == [f"oai:x:{number}" for number in range(4)]


class TestDeletions:
    def test_what_the_provider_does_not_know_any_more_is_deleted(self, source: Source):
        decided, provider = compared(source, stored(3), page(2), get=by_identifier("oai:x:2", error=GONE))
        assert (decided.outcome.state, provider.saved) == ("complete", ["oai:x:2"])

    @pytest.mark.parametrize("answer", [None, BadStatus("HTTP 500", 500)])
    def test_what_is_not_listed_but_may_be_there_stays(self, source: Source, answer: ProviderError | None):
        lost = ["oai:x:2"] if answer else []
        _, provider = compared(source, stored(3), page(2), get=by_identifier(*lost, error=answer))
        assert provider.saved == []

    @pytest.mark.parametrize(("here", "state"), [(4, "complete"), (5, "incomplete")])
    def test_more_than_the_configured_share_waits_for_a_person(self, source: Source, here: int, state: str):
        names = [f"oai:x:{number}" for number in range(2, here)]
        gone = by_identifier(*names, error=GONE)
        decided, provider = compared(source, stored(here), page(2), get=gone)
        assert (decided.outcome.state, bool(provider.saved)) == (state, state == "complete")
        assert compared(source, stored(here), page(2), get=gone, confirm=True)[0].outcome.state == "complete"

    def test_a_list_that_may_be_incomplete_deletes_nothing_unless_confirmed(self, source: Source):
        gone = by_identifier("oai:x:2", error=GONE)
        short = [page(2, size=9), page(2, size=9)]
        decided, provider = compared(source, stored(3), *short, get=gone)
        assert (decided.outcome.state, provider.saved) == ("incomplete", [])
        assert compared(source, stored(3), *short, get=gone, confirm=True)[1].saved == ["oai:x:2"]


class TestSets:
    """A source of set a. The first header is that of the list, the second that of the record itself."""

    @pytest.fixture
    def source(self, source: Source) -> Source:
        return replace(source, sets=("a",))

    def compared(
        self,
        source: Source,
        *listed: RawRecord,
        here: dict[str, StoredRecord],
        offered: tuple[str, ...] = ("a", "b"),
        refused: ProviderError | None = None,
        **now: RawRecord,
    ) -> tuple[Ending, list[RawRecord]]:
        """What is saved if the store has `here`, set a lists these records, and the provider has those of `now`."""

        def get(question: Question) -> Page | ProviderError:
            assert isinstance(question, GetRecord)
            return Page(records=(now[question.identifier],)) if question.identifier in now else GONE

        run = replace(RUN, windows=(RunWindow(id=1, window=Window(prefix="oai_dc", set_spec="a")),))
        answers = {
            **stored(0),
            StoredIdentifiers: lambda question: [] if question.after else list(here),
            StoredRecords: lambda question: {name: here[name] for name in question.identifiers if name in here},
            ListIdentifiers: refused or Page(records=listed),
            ListSets: tuple(SetInfo(name, "") for name in offered),
            GetRecord: get,
        }
        provider = Provider(answers)
        ended = provider.run(compare(run, source, PATIENCE, confirm=True))
        return ended, [raw for save in provider.saves if save.page for raw in save.page.records]

    @pytest.mark.parametrize(
        ("before", "listed_in", "now", "stays"),
        [
            (("a",), (), ("b",), False),  # moved to another set
            (("a", "b"), (), ("b",), False),
            (("a",), (), ("b", "a"), True),  # the list is wrong
            (("a",), (), ("a:part",), True),
            (("b",), (), ("b",), False),  # harvested before the set was configured
            ((), ("a",), (), True),  # a provider that names no sets says nothing about them
            (("b",), ("a",), ("b",), True),  # nor does one that never names this set
            ((), (), (), False),  # no list of the set ever gave it
        ],
    )
    def test_a_record_stays_as_long_as_the_provider_has_it_in_a_configured_set(
        self, source: Source, before, listed_in, now, stays
    ):
        known = StoredRecord("2024-05-01", False, "hash", before, listed_in=listed_in)
        record = RawRecord(identifier="x", datestamp="2024-06-01", sets=now, payload=b"<r/>")
        ended, saved = self.compared(source, here={"x": known}, x=record)
        assert (ended.outcome.state, [raw.deleted for raw in saved]) == ("complete", [] if stays else [True])

    def test_a_record_that_is_listed_now_is_known_to_be_in_the_set(self, source: Source):
        known = StoredRecord("2024-05-01", False, "hash", ("b",))
        record = RawRecord(identifier="x", datestamp="2024-05-01", sets=("b",), payload=b"<r/>")
        _, (saved,) = self.compared(source, record, here={"x": known}, x=record)
        assert (saved.sets, saved.listed_in) == (("b",), ("a",))

    @pytest.mark.parametrize("refused", [None, ProtocolError(OaiCode.BAD_ARGUMENT, "")])
    def test_nothing_is_deleted_when_a_set_is_gone_though_it_is_confirmed(self, source: Source, refused):
        known = StoredRecord("2024-05-01", False, "hash", ("a",))
        record = RawRecord(identifier="x", datestamp="2024-06-01", sets=("renamed",), payload=b"<r/>")
        ended, saved = self.compared(source, here={"x": known}, offered=("renamed",), refused=refused, x=record)
        assert (ended.outcome.state, saved) == ("incomplete", [])
        assert "no set a any more; its sets are now renamed" in (ended.outcome.error or "")

    def test_a_set_that_is_refused_and_offered_fails_the_comparison(self, source: Source):
        error = ProtocolError(OaiCode.BAD_ARGUMENT, "")
        assert self.compared(source, here={}, refused=error)[0].outcome.state == "failed"


class TestLists:
    def test_one_that_may_be_incomplete_is_read_once_more(self, source: Source):
        decided, provider = compared(source, stored(3), page(2, size=3), page(3, size=3))
        assert (decided.outcome.state, provider.asked.count("ListIdentifiers")) == ("complete", 2)

    def test_one_whose_token_expired_is_read_once_more(self, source: Source):
        expired = ProtocolError(OaiCode.BAD_RESUMPTION_TOKEN, "")
        decided, _ = compared(source, stored(3), page(2, token="t"), expired, page(3))
        assert decided.outcome.state == "complete"

    @pytest.mark.parametrize("error", [Unreachable("gone"), ProtocolError(OaiCode.BAD_ARGUMENT, "")])
    def test_one_that_does_not_come_fails_the_comparison(self, source: Source, error: ProviderError):
        assert compared(source, stored(3), error)[0].outcome.state == "failed"


class TestRecordsThatEnterTheListsLate:
    """DSpace: hours after their datestamps, with the nightly index (DSpace/DSpace#10720)."""

    def said(self, source: Source, began: str | None, here: int = 1) -> str | None:
        last = None if began is None else replace(RUN, response_date=began)
        decided, _ = compared(source, stored(here) | {LastComplete: last}, page(2))
        assert decided.outcome.state == "complete"
        return decided.outcome.error

    @pytest.mark.parametrize(
        ("began", "overlap"),
        [("2024-05-01T06:00:00Z", 172800), ("2024-05-03T06:00:00Z", 345600), ("2024-05-10T23:00:00Z", 864000)],
    )
    def test_propose_an_overlap(self, source: Source, began: str, overlap: int):
        assert f"set `overlap = {overlap}` in [sources.journal]" in (self.said(source, began) or "")

    def test_are_only_found_by_comparisons_when_they_are_dated_back(self, source: Source):
        assert "keep `reconcile` set" in (self.said(source, "2024-06-01T06:00:00Z") or "")

    @pytest.mark.parametrize("began", [None, "2024-04-30T06:00:00Z", "2024-05-01T00:01:59Z"])
    def test_are_not_those_that_the_next_harvest_gets(self, source: Source, began: str | None):
        assert self.said(source, began) is None

    def test_are_not_those_that_the_store_has(self, source: Source):
        assert self.said(source, "2024-05-01T06:00:00Z", here=2) is None
