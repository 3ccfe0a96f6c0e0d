from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats.languages import contradicts, normalise, script_of


@pytest.mark.parametrize(
    ("raw", "code"),
    [("en_US", "en"), ("en", "en"), ("English", "en"), ("eng", "en"), ("EN", "en"), ("rus", "ru"), ("Russian", "ru")]
    + [("por", "pt"), ("ger", "de"), ("dut", "nl"), ("fre", "fr"), ("chi", "zh"), ("ru-RU", "ru"), ("sr@latin", "sr")]
    + [("zh_Hant", "zh"), ("Español", "es"), ("iw", "he"), ("hsb", "hsb"), ("fil", "fil")]
    + [(name, None) for name in ("other", "Multiple", "Latn", "en fr", "eng; rus", "mul", "und", "ber", "xx", "")],
)
def test_codes_locales_and_names_become_codes(raw, code):
    assert normalise(raw) == code


@given(st.text(max_size=20))
def test_a_code_is_its_own_normal_form(raw):
    code = normalise(raw)
    assert code is None or normalise(code) == code


def test_script_of_a_text():
    texts = ("Foreign policy", "Внешняя политика", "سياسة", "日本語のテスト", "外交政策", "123")
    assert [script_of(text) for text in texts] == ["Latn", "Cyrl", "Arab", "Kana", "Hani", None]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("Внешняя политика", "en", True),
        ("Внешняя политика", "ru", False),
        ("Foreign policy", "ru", True),
        ("COVID-19 в России", "ru", False),
        ("The word мир", "en", False),
        ("Spoljna politika", "sr", False),
        ("Σχέσεις", "fr", True),
        ("H2O", "ru", False),
        ("Внешняя политика", "zxx", False),
    ],
)
def test_a_script_contradicts_a_language(text, lang, expected):
    assert contradicts(text, lang) is expected
