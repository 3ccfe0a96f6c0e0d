"""Letters of several scripts in one word."""

from __future__ import annotations

import pytest

from harvester.scripts import foreign_letters


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("Iv\u0430nov", "\u0430 (Cyrillic, U+0430)"),
        ("Ив\u0061нов", "a (Latin, U+0061)"),
        ("P\u03bfulos", "\u03bf (Greek, U+03BF)"),
        ("P\u0435tr\u043e\u0435", "\u0435 (Cyrillic, U+0435), \u043e (Cyrillic, U+043E)"),
    ],
)
def test_a_word_of_two_scripts(word, letters):
    assert foreign_letters(word) == letters


@pytest.mark.parametrize(
    "word", ["Ivanov", "Иванов", "Παπάς", "Łukasz", "Đặng", "山田さとみ", "김민", "µm", "Öz", "محمد", ""]
)
def test_a_word_of_one_script(word):
    assert foreign_letters(word) == ""
