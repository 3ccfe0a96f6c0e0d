"""The selection of a list request, and the tokens that continue the list."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.demo.envelope import Refusal
from harvester.demo.lists import Record, Selection, Token, selection, stamp, token

NOON = datetime(2024, 1, 5, 12, tzinfo=UTC)
RECORD = Record(identifier="a", datestamp=NOON, sets=("bees:honey",), metadata={"oai_dc": b"<dc/>"})


@pytest.mark.parametrize(
    ("set_spec", "inside"),
    [("bees", True), ("bees:honey", True), ("bees:honey:dark", False), ("bee", False), ("", False)],
)
def test_record_is_in_its_set_and_those_above(set_spec, inside):
    assert RECORD.is_in(set_spec) == inside


def test_deleted_record_has_every_format():
    assert RECORD.has("oai_dc")
    assert not RECORD.has("jats")
    assert Record(identifier="a", datestamp=NOON, deleted=True).has("jats")


SELECTED = [
    ({}, True),
    ({"metadataPrefix": "jats"}, False),
    ({"set": "bees"}, True),
    ({"set": "wasps"}, False),
    ({"from": "2024-01-05"}, True),
    ({"from": "2024-01-06"}, False),
    ({"until": "2024-01-05"}, True),
    ({"until": "2024-01-04"}, False),
    ({"from": "2024-01-05T12:00:00Z"}, True),
    ({"from": "2024-01-05T12:00:01Z"}, False),
    ({"until": "2024-01-05T12:00:00Z"}, True),
    ({"until": "2024-01-05T11:59:59Z"}, False),
    ({"until": "9999-12-31"}, True),
]


@pytest.mark.parametrize(("given", "selected"), SELECTED)
def test_both_ends_belong_to_what_is_selected(given, selected):
    assert selection({"metadataPrefix": "oai_dc", **given}, seconds=True).test()(RECORD) == selected


REFUSED = [
    {"from": "2024-01-01", "until": "2024-01-01T00:00:00Z"},
    {"from": "2024-01-02", "until": "2024-01-01"},
    {"from": "2024-1-1"},
    {"from": "2024-02-30"},
    {"from": "2024-01-01T00:00:00"},
    {"until": "yesterday"},
]


@pytest.mark.parametrize("given", REFUSED)
def test_dates_that_do_not_match_or_are_none_are_refused(given):
    with pytest.raises(Refusal) as caught:
        selection({"metadataPrefix": "oai_dc", **given}, seconds=True)
    assert caught.value.code == "badArgument"


def test_repository_with_granularity_of_days_refuses_seconds():
    assert selection({"metadataPrefix": "a", "from": "2024-01-01"}, seconds=False).since == datetime(
        2024, 1, 1, tzinfo=UTC
    )
    with pytest.raises(Refusal):
        selection({"metadataPrefix": "a", "from": "2024-01-01T00:00:00Z"}, seconds=False)


def test_moment_is_written_as_datestamp():
    moment = datetime(987, 6, 5, 4, 3, 2, 999, tzinfo=UTC)
    assert (stamp(moment, seconds=True), stamp(moment, seconds=False)) == ("0987-06-05T04:03:02Z", "0987-06-05")


TOKENS = st.builds(
    Token,
    verb=st.sampled_from(["ListRecords", "ListIdentifiers"]),
    selection=st.builds(Selection, prefix=st.text(), set_spec=st.none() | st.text()),
    size=st.integers(0, 10**9),
    expires=st.just(NOON + timedelta(seconds=1)),
    cursor=st.integers(0, 10**9),
    position=st.integers(0, 10**9),
)


@given(TOKENS)
def test_token_contains_the_position_in_its_list(made):
    assert token(made.value(), made.verb, NOON) == made


MADE = Token("ListRecords", Selection("oai_dc"), 10, NOON)
BEFORE = NOON - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("value", "verb", "now"),
    [
        (MADE.value(), "ListIdentifiers", BEFORE),
        (MADE.value(), "ListRecords", NOON),  # it has expired
        ("", "ListRecords", BEFORE),
        ("nonsense", "ListRecords", BEFORE),
        ("Ж", "ListRecords", BEFORE),
        (urlsafe_b64encode(b"[]").decode(), "ListRecords", BEFORE),
        (Token("ListRecords", Selection("oai_dc"), 10, NOON, cursor=-1).value(), "ListRecords", BEFORE),
        (Token("ListRecords", Selection("oai_dc"), 10, NOON, position=-1).value(), "ListRecords", BEFORE),
    ],
)
def test_token_of_another_list_is_refused(value, verb, now):
    with pytest.raises(Refusal) as caught:
        token(value, verb, now)
    assert caught.value.code == "badResumptionToken"


@given(st.text())
def test_any_other_text_is_refused(value):
    with pytest.raises(Refusal):
        token(value, "ListRecords", NOON)
