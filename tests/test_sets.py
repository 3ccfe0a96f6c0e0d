"""Sets contain their parts, and nothing that only begins like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.sets import any_within, is_within, outermost, renamed

PARTS = st.lists(st.text("ab-", min_size=1, max_size=3), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("spec", "whole", "within"),
    [
        ("a", "a", True),
        ("a:b", "a", True),
        ("a:b:c", "a:b", True),
        ("a", "a:b", False),
        ("ab", "a", False),
        ("b:a", "a", False),
        ("A", "a", False),
    ],
)
def test_a_colon_separates_a_set_from_its_parts(spec: str, whole: str, within: bool):
    assert is_within(spec, whole) is within


@given(PARTS, PARTS)
def test_a_set_is_within_another_if_its_path_begins_with_the_whole_path_of_the_other(one: list[str], other: list[str]):
    assert is_within(":".join(one), ":".join(other)) is (one[: len(other)] == other)


@given(st.lists(PARTS.map(":".join), unique=True))
def test_the_outermost_sets_are_a_part_of_no_other(specs: list[str]):
    wholes = [spec for spec in specs if not any(other != spec and is_within(spec, other) for other in specs)]
    assert outermost(specs) == wholes


def test_one_of_several_sets_is_enough():
    assert any_within(["x", "a:b"], ["c", "a"])
    assert not any_within(["x"], ["c", "a"])
    assert not any_within([], ["a"])
    assert not any_within(["a"], [])


@pytest.mark.parametrize(
    ("gone", "offered", "found"),
    [
        ("river:ART", ["river:ARTICLES", "river:REV"], "river:ARTICLES"),
        ("river:ARTICLES", ["river:ART", "river:EDI"], "river:ART"),
        ("river:ART", ["river:art"], "river:art"),
        ("river:ART", ["rivers:ART", "lake:ART"], "rivers:ART"),
        ("openaire", ["openaire4", "driver"], None),  # another set of the same repository
        ("research-papers", ["research_papers", "theses"], "research_papers"),
        ("river:ART", ["river:REV", "river:EDI"], None),
        ("river:ART", ["lake:ART"], None),  # another journal
        ("river:ART", ["river"], None),
        ("col_10986_7", ["col_10986_8"], None),
        ("papers", ["paper", "papers-new"], None),  # nobody can tell
    ],
)
def test_a_renamed_set_is_recognized_if_one_looks_like_it(gone: str, offered: list[str], found: str | None):
    assert renamed(gone, offered, [gone]) == found


def test_a_set_that_is_configured_is_not_another_one_under_a_new_name():
    assert renamed("river:ART", ["river:ARTS"], ["river:ART", "river:ARTS"]) is None
