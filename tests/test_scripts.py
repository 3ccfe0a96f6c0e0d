"""Letters of several scripts in one word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.scripts import foreign_letters, words_with_look_alikes


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The biоlogy of rivers", ["biоlogy"]),  # Cyrillic о
        ("Новая cистема", ["cистема"]),  # Latin c
        ("СOVID in Oslo", ["СOVID"]),  # Cyrillic С
        ("Τhe Υear", ["Τhe", "Υear"]),  # Greek Τ, Υ
        ("η λόγoς", ["λόγoς"]),  # Latin o
        ("zооlogy, zоology", ["zооlogy", "zоology"]),
    ],
)
def test_words_with_letters_that_look_like_others(text, words):
    assert list(words_with_look_alikes(text)) == words


@pytest.mark.parametrize(
    "text",
    """β-carotene|TNFα and NFκB|Δt, ΔT, ΔH|PPARγ|χ2 test|µm and μm|αβ-crystallin|COVID-19 вакцина|IT-компания|3D-печать
PRщик|PCшник|USB-порт|страница в Facebookа|Wi-Fi сеть|рН 7|CО2|NаCl|HbАc|π-мезон|sъnъ|Gogolь|Иванов (Ivanov)
русский English ελληνικά|山田 さとみ|ünïcode|γ-радиация|Ω-3|kΩ|ν max|Иры æвзаг|dе facto|αMβ2 and αEβ7|pДНК""".replace(
        "\n", "|"
    ).split("|"),
)
def test_words_that_are_meant_to_have_several_scripts(text):
    assert list(words_with_look_alikes(text)) == []


@given(st.text("aeoxcpEMT\u0430\u043e\u0435\u0414\u0436\u03bf\u03b2 -1\u00e9"))
def test_only_words_of_two_scripts_are_found(text):
    for word in words_with_look_alikes(text):
        assert word in text
        assert foreign_letters(word)


@given(
    st.sampled_from(["aeoxcpEMT\u00e9 -", "\u0430\u043e\u0435\u0414\u0436 -", "\u03bf\u03b2\u03a4 -"]).flatmap(st.text)
)
def test_a_text_of_one_script_has_no_such_words(text):
    assert list(words_with_look_alikes(text)) == []
