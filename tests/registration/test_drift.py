"""What the agency holds against what was sent: foreign versions, other values, what is missing, other owners."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from harvester.answers import Facts, HeldRecord
from harvester.registration.drift import GRACE, Drift, Sent, compared, is_foreign, is_richer
from tests.registration.samples import NOW

DOI = "10.5555/a"
FACTS: Facts = {"title": ("Lamps",), "references": ("2",), "authors": ("Adams, Ada",)}
NINETEEN = 2026112412000000099
LONG_AGO = NOW - timedelta(days=30)


def sent(**changes: Any) -> Sent:
    values: dict[str, Any] = {"doi": DOI, "held": 7, "versions": (5, 7), "facts": {7: FACTS}, "since": LONG_AGO}
    return Sent(**values | changes)


def held(**changes: Any) -> HeldRecord:
    values: dict[str, Any] = {"doi": DOI, "version": 7, "owner": "10.5555", "facts": FACTS}
    return HeldRecord(**values | changes)


def kinds(found: list[Drift]) -> list[tuple[str, str | None]]:
    return [(one.kind, one.field) for one in found]


def test_the_same_is_no_drift():
    assert compared(sent(), held(), (), NOW) == []


def test_another_value_names_both():
    other = {**FACTS, "title": ("Candles",)}
    assert compared(sent(), held(facts=other), (), NOW) == [
        Drift(doi=DOI, kind="field", field="title", ours=("Lamps",), theirs=("Candles",), held_version=7)
    ]


@pytest.mark.parametrize(("ours", "theirs"), [((), ("Lamps",)), (("Lamps",), ())])
def test_a_value_that_one_side_lacks_differs(ours: tuple[str, ...], theirs: tuple[str, ...]):
    (drift,) = compared(sent(facts={7: {"title": ours}}), held(facts={"title": theirs}), (), NOW)
    assert (drift.ours, drift.theirs) == (ours, theirs)


@pytest.mark.parametrize("version", [8, NINETEEN, 20991231235959999])
def test_a_version_above_ours_is_foreign_at_once(version: int):
    found = compared(sent(since=NOW), held(version=version), (), NOW)
    assert kinds(found) == [("foreign", None)]
    assert (found[0].ours, found[0].theirs, found[0].held_version) == (("7",), (str(version),), version)


def test_the_fields_of_a_foreign_version_are_compared_with_our_newest():
    assert kinds(compared(sent(), held(version=9, facts={}), (), NOW)) == [
        ("foreign", None), ("field", "title"), ("field", "references"), ("field", "authors"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "expected"), [(NOW, []), (NOW - GRACE + timedelta(hours=1), []), (NOW - GRACE, ["missing"])]
)
@pytest.mark.parametrize("shown", [None, HeldRecord(doi=DOI), HeldRecord(doi=DOI, version=6, owner="10.5555")])
def test_what_is_not_shown_yet_has_a_grace(since: Any, expected: list[str], shown: HeldRecord | None):
    found = compared(sent(since=since, facts={}), shown, (), NOW)
    assert [one.kind for one in found] == expected


def test_an_older_version_of_ours_is_compared_with_its_own_file():
    facts = {5: {"title": ("Old",)}, 7: FACTS}
    assert compared(sent(since=NOW, facts=facts), held(version=5, facts={"title": ("Old",)}), (), NOW) == []


def test_without_our_file_no_field_is_compared():
    assert compared(sent(facts={}), held(facts={"title": ("Candles",)}), (), NOW) == []


@pytest.mark.parametrize(
    ("owner", "prefixes", "expected"),
    [("10.6666", (), [("owner", "owner")]), ("10.6666", ("10.6666",), []), (None, (), []), ("10.5555", (), [])],
)
def test_another_owner(owner: str | None, prefixes: tuple[str, ...], expected: list[tuple[str, str]]):
    assert kinds(compared(sent(), held(owner=owner), prefixes, NOW)) == expected


def test_a_version_is_foreign_only_above_the_one_of_ours():
    assert [is_foreign(version, (5, 7, 10), 7) for version in (4, 5, 6, 7, 8, 9, 10, 11)] == [
        False, False, False, False, True, True, False, True,
    ]  # fmt: skip


RICHER: list[tuple[Facts, tuple[str, ...]]] = [
    (FACTS, ()),
    ({}, ()),
    ({**FACTS, "references": ("3",)}, ("references",)),
    ({**FACTS, "references": ("10",)}, ("references",)),
    ({**FACTS, "references": ("1",)}, ()),
    ({**FACTS, "authors": ("Adams, Ada", "Brown, Bo")}, ("authors",)),
    ({**FACTS, "authors": ("Eve, E.",)}, ()),
    ({**FACTS, "orcid": ("0000000218250097",)}, ("orcid",)),
    ({**FACTS, "license": ("creativecommons.org/licenses/by/4.0",)}, ("license",)),
    ({**FACTS, "abstract": ("All.",)}, ("abstract",)),
    ({**FACTS, "title": ("A longer title",), "volume": ("1",)}, ()),
]


@pytest.mark.parametrize(("theirs", "fields"), RICHER)
def test_richer_is_more_of_what_an_update_would_overwrite(theirs: Facts, fields: tuple[str, ...]):
    assert is_richer(theirs, FACTS) == fields


def test_an_abstract_of_ours_is_not_poorer_for_being_another_one():
    assert is_richer({"abstract": ("All.", "Tout.")}, {"abstract": ("All.",)}) == ()
