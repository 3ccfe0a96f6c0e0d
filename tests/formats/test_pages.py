from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats.pages import Pages, parse_page, parse_pages, same_section
from harvester.text import with_ascii_digits


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
        ("20-11", None),
        ("12-1", None),
        ("1289-12", None),
        ("1289-93", Pages("1289", "93")),
        ("S20-11", Pages("S20", "11")),
        ("20-20", Pages("20", "20")),
        ("Article 5", None),
        ("101 p.", None),
        ("12pp", None),
        ("i-x, 1-714", Pages("i", "x", "1-714")),
        ("i-x / 1-714", Pages("i", "x", "1-714")),
        ("1-714 and 720", Pages("1", "714", "720")),
        ("١٢-٢٠", Pages("12", "20")),
        ("۱۲–۲۰", Pages("12", "20")),
        ("ص 12-20", Pages("12", "20")),
        ("صص. 12-20", Pages("12", "20")),
        ("12/15", None),
        ("12_15", None),
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
    assert pages is None or pages.first in with_ascii_digits(raw)


@pytest.mark.parametrize("raw", ["pp.12-20", "p.12-20", "с.12-20", "hlm.12-20", "12-20쪽", "12-20ページ", "págs.12-20"])
def test_a_label_without_a_blank_is_not_part_of_the_page(raw):
    assert parse_page(raw) == Pages("12", "20")


ONE_PAGE = ["e147", "S12", "iii", "A", "12.5", "12.e1", "A-12", "3-1", "3-3", "OP-12", "CD001234.pub2", "x-2", "140-1"]


@pytest.mark.parametrize("page", ONE_PAGE)
def test_one_page_is_kept_as_written(page):
    assert parse_page(page) == Pages(page)


@pytest.mark.parametrize(
    ("raw", "pages"),
    [
        ("12-15", Pages("12", "15")),
        ("S1-S5", Pages("S1", "S5")),
        ("A1-12", Pages("A1", "12")),
        ("i-x", Pages("i", "x")),
        ("12 – 15", Pages("12", "15")),
        ("3–1", None),
        ("pp. 12-15", Pages("12", "15")),
        ("p. 12", Pages("12")),
        ("Pages 12-15", Pages("12", "15")),
        ("hlm. 12-15", Pages("12", "15")),
        ("12 to 15", Pages("12", "15")),
        ("12～15", Pages("12", "15")),
        ("第12-15页", Pages("12", "15")),
        ("12A-15B", Pages("12A", "15B")),
        ("12-3B", Pages("12-3B")),
        ("12, 15-18", Pages("12", None, "15-18")),
        ("12 p.", None),
        ("15 pages", None),
        ("Article 5", None),
        ("passim", None),
        ("online", None),
    ],
)
def test_what_is_typed_into_the_field_of_one_page(raw, pages):
    assert parse_page(raw) == pages


def test_pages_of_a_section():
    assert same_section("3-12", "3-15")
    assert same_section("A-1", "A-9")
    assert not same_section("12-15", "15")
    assert not same_section("12-15", "12-15")
