from __future__ import annotations

import pytest

from harvester.counting import counted


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (0, "record", "0 records"),
        (1, "record", "1 record"),
        (1234, "record", "1,234 records"),
        (2, "entry", "2 entries"),
        (2, "address", "2 addresses"),
    ],
)
def test_counted_nouns(number, noun, words):
    assert counted(number, noun) == words
