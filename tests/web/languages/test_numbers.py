from __future__ import annotations

import pytest

from harvester.web.languages.numbers import form, is_number, number


@pytest.mark.parametrize(
    ("language", "numbers", "expected"),
    [
        ("en", (1,), "one"),
        ("en", (0, 2, 11, 21, 1_000_000), "other"),
        ("es", (1,), "one"),
        ("es", (0, 2, 21, 1_000_001), "other"),
        ("es", (1_000_000, 2_000_000), "many"),
        ("ru", (1, 21, 101, 1_001), "one"),
        ("ru", (2, 3, 4, 22, 104), "few"),
        ("ru", (0, 5, 11, 12, 14, 20, 111, 112, 1_000_000), "many"),
    ],
)
def test_form_follows_the_number(language: str, numbers: tuple[int, ...], expected: str):
    assert {form(language, one) for one in numbers} == {expected}


@pytest.mark.parametrize(
    ("language", "english", "expected"),
    [
        ("en", "1,234.5", "1,234.5"),
        ("ru", "1,234.5", "1\u00a0234,5"),
        ("ru", "1,234,567", "1\u00a0234\u00a0567"),
        ("ru", "12", "12"),
        ("es", "1,234", "1234"),
        ("es", "12,345.5", "12.345,5"),
        ("es", "3.4", "3,4"),
    ],
)
def test_number_is_written_as_in_the_language(language: str, english: str, expected: str):
    assert number(language, english) == expected


@pytest.mark.parametrize("text", ["1,234", "1,234,567.8", "3.4", "-1,000"])
def test_numbers_that_languages_write_differently(text: str):
    assert is_number(text)


@pytest.mark.parametrize("text", ["12", "0.2.0", "1,23", "2021-06-16", "10.5555/a", "12-20", ""])
def test_others_stay_as_they_are(text: str):
    assert not is_number(text)
