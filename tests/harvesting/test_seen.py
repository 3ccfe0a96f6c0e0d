from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from harvester.harvesting.seen import Seen


@given(st.lists(st.text(max_size=3)))
def test_a_text_is_new_once(texts: list[str]):
    seen, known = Seen(), set[str]()
    for text in texts:
        assert (text in seen) == (text in known)
        assert seen.add(text) is (text not in known)
        known.add(text)
        assert len(seen) == len(known)


def test_many_take_little_room():
    seen = Seen()
    assert all(seen.add(f"oai:river.example:article/{number}") for number in range(30_000))
    assert not any(seen.add(f"oai:river.example:article/{number}") for number in range(30_000))
    assert len(seen) == 30_000
    assert "oai:river.example:article/30000" not in seen
    assert sys.getsizeof(seen._slots) <= 24 * 30_000
