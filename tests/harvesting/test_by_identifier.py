"""What an answer to GetRecord means, when the provider is to blame, and what lists of identifiers add."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvester.errors import (
    BadAnswer,
    BadStatus,
    OaiCode,
    ProtocolError,
    ProviderError,
    Refusal,
    RefusedAddress,
    TooBig,
    TooSlow,
    Unreachable,
)
from harvester.harvesting.by_identifier import (
    Asker,
    Denied,
    Given,
    Gone,
    IdentifierList,
    NoAnswer,
    clarify,
    count,
    fetch_each,
    fetch_unlisted,
    read,
    rejection,
)
from harvester.harvesting.patience import Patience
from harvester.harvesting.questions import (
    GetRecord,
    Identify,
    ListFormats,
    ListIdentifiers,
    Missing,
    Plan,
    Question,
    StoredIdentifiers,
    StoredRecords,
)
from harvester.model import BadRecord, Format, Page, RawRecord, StoredRecord, Window
from tests.harvesting.by_hand import ALIVE, IDENTITY, Provider, by_identifier, listing, numbered, page

ASKED = Window(prefix="oai_dc")
PATIENCE = Patience(records_per_commit=2, fruitless_records=3, silent_records=2)
RECORD = RawRecord(identifier="a", datestamp="2024-01-01", payload=b"<record/>")
GONE = ProtocolError(OaiCode.ID_DOES_NOT_EXIST, "")
NO_FORMAT = ProtocolError(OaiCode.CANNOT_DISSEMINATE_FORMAT, "")


class TestAnAnswer:
    BAD = BadRecord(identifier=None, reason="no header", payload=b"<r/>")

    @pytest.mark.parametrize(
        ("answer", "meaning"),
        [
            (Page(records=(RECORD,)), Given((RECORD,), ())),
            (Page(records=(), bad=(BAD,)), Given((), (replace(BAD, identifier="a"),))),
            (GONE, Gone(GONE)),
            (NO_FORMAT, Denied(NO_FORMAT)),
        ],
    )
    def test_has_one_meaning(self, answer, meaning):
        assert read("a", answer) == meaning

    @pytest.mark.parametrize("error", [BadStatus("", 404), BadAnswer(""), TooBig(""), TooSlow(""), Unreachable("")])
    def test_without_a_usable_answer(self, error):
        assert read("a", error) == NoAnswer(error)

    def test_another_record_is_not_the_one_that_was_asked_for(self):
        assert read("b", Page(records=(RECORD,))) == Given((), ())

    def test_what_is_not_a_record_is_rejected_with_its_reason_and_its_bytes(self):
        assert rejection("a", Given((RECORD,), ())) is None
        assert rejection("a", Given((), (self.BAD,))) == self.BAD
        lost = rejection("a", NoAnswer(BadStatus("HTTP 500", 500)))
        assert lost == BadRecord(identifier="a", reason="HTTP 500", payload=b"")


def ask(asker: Asker, provider: Provider, *names: str) -> list[Any]:
    return [provider.run(asker.get(name)) for name in names]


def answering(*answers: Page | ProviderError) -> Any:
    left = iter(answers)
    return lambda _: next(left)


class TestBlame:
    FAULT = BadStatus("HTTP 500", 500)

    @pytest.mark.parametrize("verifies", [True, False])
    @pytest.mark.parametrize("error", [BadStatus("", 503), BadStatus("", 429), RefusedAddress("")])
    def test_an_overloaded_provider_or_a_refused_address_is_to_blame_at_once(self, error, verifies):
        provider = Provider({**ALIVE, GetRecord: error})
        with pytest.raises(type(error)):
            ask(Asker("oai_dc", PATIENCE, verifies=verifies), provider, "a")
        assert provider.asked == ["GetRecord"]

    def test_a_provider_that_answers_identify_is_not_to_blame_however_many_records_fail(self):
        provider = Provider({**ALIVE, GetRecord: self.FAULT})
        results = ask(Asker("oai_dc", PATIENCE, verifies=True), provider, *"abcdefghij")
        assert results == [NoAnswer(self.FAULT)] * 10
        assert provider.asked == ["GetRecord", "Identify"] * 10

    def test_a_provider_that_does_not_answer_identify_is_to_blame(self):
        provider = Provider({Identify: Unreachable("gone"), GetRecord: self.FAULT})
        with pytest.raises(BadStatus):
            ask(Asker("oai_dc", PATIENCE, verifies=True), provider, "a")

    def test_an_answer_of_the_protocol_needs_no_verification(self):
        provider = Provider({GetRecord: GONE})
        assert ask(Asker("oai_dc", PATIENCE, verifies=True), provider, "a") == [Gone(GONE)]

    @pytest.mark.parametrize(("offered", "is_to_blame"), [("oai_dc", False), ("marc", True)])
    def test_a_format_that_is_offered_no_longer_is_the_fault_of_the_provider(self, offered, is_to_blame):
        provider = Provider({**ALIVE, GetRecord: NO_FORMAT, ListFormats: (Format(offered),)})
        asker = Asker("oai_dc", PATIENCE, verifies=True)
        if is_to_blame:
            with pytest.raises(ProtocolError):
                ask(asker, provider, "a")
        else:
            assert ask(asker, provider, "a") == [Denied(NO_FORMAT)]

    def test_a_connection_that_breaks_is_tried_once_more(self):
        provider = Provider({**ALIVE, GetRecord: answering(Unreachable("broke"), Page(records=(RECORD,)))})
        assert ask(Asker("oai_dc", PATIENCE, verifies=True), provider, "a") == [Given((RECORD,), ())]
        once = Provider({GetRecord: answering(Unreachable("broke"), Page(records=(RECORD,)))})
        assert isinstance(ask(Asker("oai_dc", PATIENCE), once, "a")[0], NoAnswer)

    @pytest.mark.parametrize("error", [TooSlow("slow"), Unreachable("broke")])
    def test_without_verification_a_few_records_without_any_answer_are_enough(self, error):
        asker, provider = Asker("oai_dc", PATIENCE), Provider({GetRecord: error})
        assert ask(asker, provider, "a") == [NoAnswer(error)]
        with pytest.raises(type(error)):
            ask(asker, provider, "b")

    REFUSED = BadStatus("HTTP 403", 403)

    @pytest.mark.parametrize("verifies", [True, False])
    def test_a_record_that_is_refused_is_at_fault_if_one_that_came_before_still_comes(self, verifies):
        asked = []

        def answer(question: Question) -> Page | ProviderError:
            assert isinstance(question, GetRecord)
            asked.append(question.identifier)
            return self.REFUSED if question.identifier == "b" else Page(records=(RECORD,))

        asker = Asker("oai_dc", PATIENCE, verifies=verifies)
        assert ask(asker, Provider({GetRecord: answer}), *"abb")[1:] == [NoAnswer(self.REFUSED)] * 2
        assert asked == [*"ab", "a", "b", "a"]

    @pytest.mark.parametrize("verifies", [True, False])
    def test_a_provider_that_refuses_what_came_before_is_to_blame(self, verifies):
        good = Page(records=(RECORD,))
        provider = Provider({GetRecord: answering(good, self.REFUSED, self.REFUSED)})
        asker = Asker("oai_dc", PATIENCE, verifies=verifies)
        ask(asker, provider, "a")
        with pytest.raises(Refusal, match="HTTP 403"):
            ask(asker, provider, "b")

    @pytest.mark.parametrize(("comes", "is_to_blame"), [(("x",), False), ((), True)])
    def test_before_the_first_record_those_of_the_store_are_requested(self, comes, is_to_blame):
        held = {name: StoredRecord("2024-01-01", False, None) for name in ("x", "y")}
        answers: dict[type, Any] = {StoredIdentifiers: ["x", "y"], StoredRecords: held, GetRecord: self.giving(*comes)}
        asker = Asker("oai_dc", PATIENCE, verifies=True)
        if is_to_blame:
            with pytest.raises(Refusal):
                ask(asker, Provider(answers), "b")
        else:
            assert ask(asker, Provider(answers), "b") == [NoAnswer(self.REFUSED)]

    @pytest.mark.parametrize(("comes", "is_to_blame"), [(("c",), False), ((), True)])
    def test_if_none_ever_came_others_of_the_same_list_are_requested(self, comes, is_to_blame):
        provider = Provider({StoredIdentifiers: [], GetRecord: self.giving(*comes)})
        asker = Asker("oai_dc", PATIENCE, verifies=True)
        if is_to_blame:
            with pytest.raises(Refusal):
                provider.run(asker.get("b", ["b", "c"]))
        else:
            assert provider.run(asker.get("b", ["b", "c"])) == NoAnswer(self.REFUSED)

    def test_of_a_record_alone_only_protection_against_robots_shows_that_it_is_not_at_fault(self):
        provider = Provider({StoredIdentifiers: [], GetRecord: self.REFUSED})
        assert provider.run(Asker("oai_dc", PATIENCE).get("b", ["b"])) == NoAnswer(self.REFUSED)
        walled = Provider({StoredIdentifiers: [], GetRecord: BadStatus("Anubis", 200, is_wall=True)})
        with pytest.raises(Refusal, match="Anubis"):
            walled.run(Asker("oai_dc", PATIENCE).get("b", ["b"]))

    def giving(self, *names: str) -> Any:
        """GetRecord that gives these records, and refuses all others."""

        def answer(question: Question) -> Page | ProviderError:
            assert isinstance(question, GetRecord)
            return Page(records=(RECORD,)) if question.identifier in names else self.REFUSED

        return answer

    def test_without_verification_so_many_faults_in_a_row_are_enough(self):
        asker = Asker("oai_dc", PATIENCE, in_a_row=3)
        good = Page(records=(RECORD,))
        provider = Provider({GetRecord: answering(self.FAULT, self.FAULT, good, self.FAULT, self.FAULT, self.FAULT)})
        ask(asker, provider, *"bbabb")
        with pytest.raises(BadStatus):
            ask(asker, provider, "b")

    def test_bad_records_count_as_faults_and_records_that_do_not_exist_do_not(self):
        bad = Page(records=(), bad=(BadRecord(identifier=None, reason="no header", payload=b""),))
        with pytest.raises(BadAnswer):
            ask(Asker("oai_dc", PATIENCE, in_a_row=2), Provider({GetRecord: bad}), "a", "b")
        for fact in (GONE, NO_FORMAT):
            assert len(ask(Asker("oai_dc", PATIENCE, in_a_row=2), Provider({GetRecord: fact}), *"abcd")) == 4


class TestDisputedRecords:
    def test_the_answer_decides_and_no_answer_leaves_it_open(self):
        def answer(question: Question) -> Page | ProviderError:
            assert isinstance(question, GetRecord)
            answers: dict[str, Page | ProviderError] = {"a": Page(records=(RECORD,)), "b": GONE}
            return answers.get(question.identifier, BadStatus("", 500))

        disputed = [replace(RECORD, identifier=name) for name in "abc"]
        found = Provider({GetRecord: answer}).run(clarify(disputed, "oai_dc"))
        tombstone = RawRecord(identifier="b", datestamp="2024-01-01", deleted=True)
        assert found == {"a": RECORD, "b": tombstone, "c": None}


class TestCounting:
    @pytest.mark.parametrize(
        ("pages", "given", "counted"),
        [
            ([page(3, size=40)], 3, 40),
            ([page(3, token="t"), page(3, 3)], 4, 6),
            ([page(3, token="t"), page(3, 3)], 9, 6),
            ([page(3)], 3, 3),
            ([page(5)], 5, None),  # a round number on an only page
            ([page(5)], 4, 5),
            ([page(3, token="t"), BadStatus("", 500)], 2, 3),
            ([page(3, token="t"), BadStatus("", 500)], 3, None),
            ([BadStatus("", 500)], 0, None),
        ],
    )
    def test_identifiers_are_counted_until_they_are_more_than_the_records(self, pages, given, counted):
        provider = Provider({ListIdentifiers: listing(*pages)})
        assert provider.run(count(ASKED, given, replace(PATIENCE, round_total=5))) == counted

    def test_no_more_pages_are_asked_for_than_that_takes(self):
        provider = Provider({ListIdentifiers: listing(page(3, token="t"), page(3, 3, token="u"))})
        provider.run(count(ASKED, 4, PATIENCE))
        assert len(provider.asked) == 2


class TestFetching:
    def test_each_record_is_fetched_once_and_saved_a_few_at_a_time(self):
        first, twice = page(3, token="t", size=5), page(4, 1, size=5)
        answers: dict[type, Any] = {ListIdentifiers: listing(twice, first, twice), GetRecord: by_identifier()}
        provider = Provider({**answers, Missing: lambda _: []})
        fetched = provider.run(fetch_each(ASKED, first, PATIENCE))
        assert provider.saved == [f"oai:x:{number}" for number in range(5)]
        assert (fetched.total, fetched.has_records, fetched.doubt) == (5, True, None)

    def test_each_is_in_the_set_whose_list_named_it(self):
        provider = Provider({GetRecord: by_identifier()})
        provider.run(fetch_each(replace(ASKED, set_spec="a"), page(2), PATIENCE))
        (saved,) = (save.page for save in provider.saves)
        assert saved is not None
        assert [raw.listed_in for raw in saved.records] == [("a",), ("a",)]

    def test_tombstones_are_believed_without_a_question(self):
        gone = Page(records=(RawRecord(identifier="gone", datestamp="2024-01-01", deleted=True),))
        provider = Provider()
        assert provider.run(fetch_each(ASKED, gone, PATIENCE)).has_records
        assert (provider.saved, provider.asked) == (["gone"], [])

    def test_bad_headers_are_saved_with_each_page_and_those_of_the_last_one_are_left_to_the_caller(self):
        def bad(name: str) -> tuple[BadRecord, ...]:
            return (BadRecord(identifier=name, reason="no datestamp", payload=b""),)

        first, last = replace(page(1, token="t"), bad=bad("x")), replace(page(1, 1), bad=bad("y"))
        answers: dict[type, Any] = {ListIdentifiers: listing(last, first, last), GetRecord: by_identifier()}
        provider = Provider({**answers, Missing: lambda _: []})
        fetched = provider.run(fetch_each(ASKED, first, PATIENCE))
        assert provider.saved == ["oai:x:0", "-x", "oai:x:1"]
        assert fetched.last.bad == bad("y")

    def test_a_list_of_several_pages_is_read_again_as_its_rows_can_shift(self):
        """While the first two records are fetched, the first one is edited: the third one is now on the first page."""
        first, shifted = page(2, token="t"), page(1, 3)
        again = page(2, 1, token="t"), page(1, 3)
        provider = Provider(
            {
                ListIdentifiers: listing(shifted, *again),
                GetRecord: by_identifier(),
                Missing: lambda question: [raw for raw in question.listed if raw.identifier == "oai:x:2"],
            }
        )
        fetched = provider.run(fetch_each(ASKED, first, PATIENCE))
        assert (provider.saved, fetched.doubt) == ([f"oai:x:{number}" for number in (0, 1, 3, 2)], None)

    def test_a_list_that_cannot_be_read_again_is_doubted(self):
        pages = listing(page(1, 1), BadStatus("", 500), BadStatus("", 500))
        provider = Provider({ListIdentifiers: pages, GetRecord: by_identifier()})
        assert provider.run(fetch_each(ASKED, page(1, token="t"), PATIENCE)).doubt

    def test_a_list_of_identifiers_that_ends_early_is_doubted(self):
        provider = Provider({GetRecord: by_identifier()})
        assert provider.run(fetch_each(ASKED, page(2, size=9), PATIENCE)).doubt


class TestWhatListsOmit:
    def run(self, *pages: Page | ProviderError, size: int | None = None, get: Any = None) -> tuple[bool, Provider]:
        answers: dict[type, Any] = {**ALIVE, ListFormats: (Format("oai_dc"),)}
        answers |= {ListIdentifiers: listing(*pages), GetRecord: get or by_identifier()}
        provider = Provider(answers)
        return provider.run(fetch_unlisted(ASKED, size, PATIENCE)), provider

    def test_what_is_missing_is_fetched(self):
        whole, provider = self.run(page(2, size=2))
        assert (whole, provider.saved) == (True, ["oai:x:0", "oai:x:1"])

    @pytest.mark.parametrize(
        ("missing", "saved"),
        [
            ({2, 3}, [1, 2, 3]),
            ({3}, [2, 3]),  # the first one of a page: the last one of the page before
            ({0, 1, 2}, [0, 1, 2]),
            ({1, 4}, [0, 3, 1, 4]),
        ],
    )
    def test_the_record_before_a_gap_is_fetched_too_as_it_can_be_cut(self, missing, saved):
        names = {f"oai:x:{number}" for number in missing}
        provider = Provider(
            {
                ListIdentifiers: listing(page(3, token="t"), page(3, 3)),
                GetRecord: by_identifier(),
                Missing: lambda question: [raw for raw in question.listed if raw.identifier in names],
            }
        )
        many = replace(PATIENCE, records_per_commit=9)
        assert provider.run(fetch_unlisted(ASKED, None, many))
        assert sorted(provider.saved) == sorted(f"oai:x:{number}" for number in saved)
        again = Provider({**provider.answers, ListIdentifiers: listing(page(3, token="t"), page(3, 3))})
        assert again.run(fetch_unlisted(ASKED, None, many, may_be_cut=False))
        assert set(again.saved) == names

    def test_the_record_before_a_gap_is_not_fetched_where_the_gap_stays(self):
        provider = Provider(
            {
                ListIdentifiers: listing(page(3)),
                GetRecord: by_identifier("oai:x:2", error=GONE),
                Missing: lambda question: question.listed[2:],
            }
        )
        assert provider.run(fetch_unlisted(ASKED, None, PATIENCE))
        assert (provider.saved, provider.asked.count("GetRecord")) == ([], 1)

    @pytest.mark.parametrize("lost", [["oai:x:1"], ["oai:x:1", "oai:x:2"]])
    def test_a_record_before_a_gap_that_does_not_come_is_rejected(self, lost):
        """So the next harvest fetches it; the record of the gap may come by then, and the gap is gone."""
        provider = Provider(
            {
                **ALIVE,
                ListIdentifiers: listing(page(3)),
                GetRecord: by_identifier(*lost),
                Missing: lambda question: question.listed[2:],
            }
        )
        assert provider.run(fetch_unlisted(ASKED, None, replace(PATIENCE, fruitless_records=9)))
        assert sorted(provider.saved) == sorted({*(f"-{name}" for name in lost), "oai:x:2"} - {lost[-1]})

    @pytest.mark.parametrize("fact", [GONE, NO_FORMAT])
    def test_what_the_provider_says_it_does_not_have_is_not_missing(self, fact):
        whole, provider = self.run(page(2, size=2), get=by_identifier("oai:x:1", error=fact))
        assert provider.asked.count("GetRecord") == 2
        assert (whole, provider.saved) == (True, ["oai:x:0"])

    def test_a_record_that_fails_is_rejected(self):
        whole, provider = self.run(page(2, size=2), get=by_identifier("oai:x:1"))
        assert (whole, provider.saved) == (True, ["oai:x:0", "-oai:x:1"])

    @pytest.mark.parametrize("pages", [[BadStatus("", 500)], [page(1, token="t"), BadStatus("", 500)]])
    def test_a_list_that_fails_is_incomplete(self, pages):
        assert not self.run(*pages)[0]

    @pytest.mark.parametrize(("size", "whole"), [(2, True), (3, False), (None, True)])
    def test_the_length_of_the_records_counts_where_identifiers_say_none(self, size, whole):
        assert self.run(page(2), size=size)[0] is whole

    def test_nothing_more_is_asked_for_where_nothing_comes(self):
        whole, provider = self.run(page(9, size=9), get=by_identifier(*(f"oai:x:{number}" for number in range(9))))
        assert not whole
        assert provider.asked.count("GetRecord") == 4  # two batches of two, as three failures are enough


@given(st.lists(st.integers(min_value=0, max_value=4), min_size=1, max_size=6), st.sets(st.integers(0, 30)))
def test_every_listed_record_is_saved_or_rejected_by_its_identifier(sizes, lost):
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    pages = [
        page(size, start, token=None if start + size == sum(sizes) and index == len(sizes) - 1 else f"t{index}")
        for index, (size, start) in enumerate(zip(sizes, starts, strict=True))
    ]
    names = [raw.identifier for raw in numbered(sum(sizes))]
    failing = {f"oai:x:{number}" for number in lost} & set(names)
    provider = Provider(
        {
            Identify: IDENTITY,
            ListIdentifiers: listing(*pages[1:], *pages),
            GetRecord: by_identifier(*failing),
            Missing: lambda _: [],
        }
    )
    fetched = provider.run(fetch_each(ASKED, pages[0], replace(PATIENCE, empty_pages=99)))
    assert sorted(provider.saved) == sorted([*set(names) - failing, *(f"-{name}" for name in failing)])
    assert fetched.total == len(names)


class TestAWholeListOfIdentifiers:
    """Some providers give a list only from a date on."""

    def read(self, *answers: Page | ProviderError, asked: Window = ASKED) -> tuple[list[str], list[str | None]]:
        """The identifiers, and the dates that were requested."""
        sinces: list[str | None] = []
        give = listing(*answers)

        def answer(question: Question) -> Any:
            assert isinstance(question, ListIdentifiers)
            sinces.append(question.window.since)
            return give(question)

        def read() -> Plan[list[str]]:
            listed, names = IdentifierList(asked, PATIENCE), list[str]()
            while (one := (yield from listed.next_page())) is not None:
                names += [raw.identifier for raw in one.records]
            return names

        return Provider({ListIdentifiers: answer}).run(read()), sinces

    @pytest.mark.parametrize("first", [page(0), ProtocolError(OaiCode.BAD_ARGUMENT, ""), BadStatus("", 500)])
    def test_is_requested_from_a_date_on_where_it_is_empty_or_refused(self, first):
        names, sinces = self.read(first, page(1, token="t"), page(1, start=1))
        assert (names, sinces) == (["oai:x:0", "oai:x:1"], [None, "1970-01-01", "1970-01-01"])

    def test_is_empty_where_that_gives_nothing_either(self):
        assert self.read(page(0)) == ([], [None, "1970-01-01"])

    def test_one_with_dates_is_read_as_it_is(self):
        dated = replace(ASKED, since="2024-01-01")
        assert self.read(page(0), asked=dated) == ([], ["2024-01-01"])

    def test_that_cannot_be_had_says_why(self):
        with pytest.raises(BadStatus):
            self.read(BadStatus("", 500))
