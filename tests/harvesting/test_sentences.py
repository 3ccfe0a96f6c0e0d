"""What runs say, and when it need not be said any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harvester.harvesting import sentences

ADVICE = sentences.late(timedelta(hours=30), "river")


@pytest.mark.parametrize(
    ("said", "overlap", "left"),
    [
        (ADVICE, 259_200, None),
        (ADVICE, 300_000, None),
        (ADVICE, 259_199, ADVICE),
        (f"one is odd; {ADVICE}", 259_200, "one is odd"),
        (f"{ADVICE}; one is odd", 259_200, "one is odd"),
        (sentences.late(timedelta(), "river"), 864_000, sentences.late(timedelta(), "river")),
        ("one is odd", 864_000, "one is odd"),
        (None, 864_000, None),
    ],
)
def test_the_advice_to_set_overlap_is_not_repeated_once_it_is_set(said: str | None, overlap: int, left: str | None):
    assert sentences.without_followed_advice(said, overlap) == left


@pytest.mark.parametrize(
    ("missing", "todo"),
    [
        (["river"], 'if rivers is river under a new name, set `sets = ["lake:art", "rivers"]` for this source, or ask'),
        (
            ["lake:art"],
            "; look in its list for the set that has these records now, and change `sets` of this source, or",
        ),
        (["lake:art", "river"], ", and look in its list for the set that has the records of lake:art now, or ask"),
    ],
)
def test_no_set_that_is_gone_is_left_out_of_the_advice(missing: list[str], todo: str):
    said = sentences.sets_gone(missing, ["lake", "lake-articles-2", "rivers"], ["lake:art", "river"])
    assert todo in said
