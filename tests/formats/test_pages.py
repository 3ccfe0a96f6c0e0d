from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats.pages import Pages, parse_pages


@pytest.mark.parametrize(
    ("raw", "pages"),
    [
        ("12-20", Pages("12", "20")),
        ("1–10", Pages("1", "10")),
        ("S1-S5", Pages("S1", "S5")),
        ("e1001", Pages("e1001")),
        ("iii-x", Pages("iii", "x")),
        ("pp. 38-43", Pages("38", "43")),
        ("С. 12–20", Pages("12", "20")),
        ("17-24, 37", Pages("17", "24", "37")),
        ("17-24, 37-40; 51", Pages("17", "24", "37-40; 51")),
        ("7", Pages("7")),
        ("140-1", Pages("140", "1")),
        ("Article 5", None),
        ("101 p.", None),
        ("", None),
        ("mild", None),
        ("1" * 200, None),
    ],
)
def test_pages(raw, pages):
    assert parse_pages(raw) == pages


@given(st.text(max_size=40))
def test_pages_of_any_string_are_part_of_it(raw):
    pages = parse_pages(raw)
    assert pages is None or pages.first in raw
