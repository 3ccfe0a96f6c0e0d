from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from harvester.findings import Kind, kinds, remedy, sentence
from harvester.model import Finding
from harvester.web.languages import catalogue
from harvester.web.languages.catalogue import NAMES, Language, Words, coded_texts, language
from harvester.web.languages.numbers import FORMS
from harvester.web.languages.templates import fields, is_number, with_elements

FOLDER = Path(catalogue.__file__).parent
OTHERS = [code for code in NAMES if code != "en"]


def texts(code: str) -> Mapping[str, Words]:
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def coded(code: str) -> Mapping[str, str]:
    files = [(FOLDER / f"{name}.{code}.toml").read_text(encoding="utf-8") for name in ("findings", "messages")]
    rows = [row for file in files for row in tomllib.loads(file).items()]
    return {f"{one}.{part}": text for one, row in rows for part, text in row.items()}


def test_every_language_has_the_same_texts_in_the_same_order():
    first, *others = [list(texts(code)) for code in OTHERS]
    assert all(one == first for one in others)


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_keeps_its_values(code: str):
    wrong = {}
    for english, words in texts(code).items():
        for form, said in {"": words}.items() if isinstance(words, str) else words.items():
            if fields(said) != fields(english):
                wrong[english] = (form, said)
    assert wrong == {}


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_with_a_number_has_all_forms(code: str):
    needed = {"en_one", *FORMS[code]}
    optional = {"many"} if code == "es" else set()  # of millions; the other form does, too
    found = {english: set(words) for english, words in texts(code).items() if not isinstance(words, str)}
    assert {english: forms for english, forms in found.items() if needed - forms - optional or forms - needed} == {}
    assert all("n" in fields(english) for english in found)


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_is_empty_or_begins_with_a_blank(code: str):
    every = [*texts(code).values(), *coded(code).values()]
    said = [one for words in every for one in ([words] if isinstance(words, str) else words.values())]
    assert [one for one in said if not one or one != one.strip()] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_file_is_said(code: str):
    """Each English text, with examples for its values, finds its own words, and no more general ones."""
    spoken = language(code)
    for english, words in texts(code).items():
        if not isinstance(words, str) or "{words" in english:
            continue
        example = _example(english)
        assert spoken.say(example) == _example(words, code), english


def _example(text: str, code: str = "en") -> str:
    values = {name: "5" if is_number(name) else "x" for name in fields(text) if not name.isdigit()}
    return Formatter().vformat(with_elements(text), (), values)


@pytest.mark.parametrize("code", OTHERS)
def test_every_finding_and_message_has_its_words_with_its_values(code: str):
    words, english = coded(code), coded_texts()
    assert words.keys() == english.keys()
    assert {key for key, text in words.items() if set(fields(text)) != set(fields(english[key]))} == set()


@pytest.mark.parametrize("code", OTHERS)
def test_every_finding_is_said_from_its_english_words(code: str, subtests: pytest.Subtests):
    for name, kind in kinds().items():
        with subtests.test(name):
            _is_said(language(code), name, kind)


def _is_said(spoken: Language, name: str, kind: Kind) -> None:
    detail = {field: f"<{field}>" for text in (kind.message, kind.fix) for field in fields(text)}
    found = Finding(code=name, value=detail.pop("value", ""), path=detail.pop("path", ""), detail=detail)
    message = spoken.say_as(f"{name}.message", sentence(found))
    fix = spoken.say_as(f"{name}.fix", remedy(found, "wetlands", "1234-5679"))
    assert message is not None
    assert fix is not None
    assert spoken.say_as(f"{name}.cause", kind.cause)
    assert spoken.say_as(f"{name}.example", kind.example)
    assert {value for value in (found.value, *detail.values()) if value in sentence(found)} == {
        value for value in (found.value, *detail.values()) if value in message
    }


def test_clauses_and_sentences_are_said_from_their_parts():
    spoken = language("es")
    assert spoken.say("the list became shorter while it was read; harvest again later") == (
        "la lista se acortó mientras se leía; recolecte de nuevo más tarde"
    )
    assert spoken.say("oai_dc: the list became shorter while it was read") == (
        "oai_dc: la lista se acortó mientras se leía"
    )
    assert spoken.say("Harvest again later.") == "Recolecte de nuevo más tarde."
    assert spoken.say("harvest again later; nobody knows this") is None


def test_number_of_a_text_chooses_its_form():
    spoken = language("ru")
    assert [spoken.say(text) for text in ("1 record", "3 records", "1,000 records")] == [
        "1 запись",
        "3 записи",
        "1\u00a0000 записей",
    ]


def test_sentence_with_a_code_needs_its_words_and_its_form():
    spoken = Language("xx", {}, {"doi-missing.message": "x"})
    assert spoken.say_as("doi-missing.message", coded_texts()["doi-missing.message"]) == "x"
    assert spoken.say_as("doi-missing.message", "something else") is None
    assert spoken.say_as("doi-missing.fix", coded_texts()["doi-missing.fix"]) is None
    assert spoken.say_as("unknown.message", "x") is None


def test_words_of_ours_among_the_values_are_said_too():
    suspect = Finding(code="doi-suspect", value="10.5555/a.", detail={"problem": "ends in punctuation"})
    assert language("es").say_as("doi-suspect.message", sentence(suspect)) == (
        "El DOI 10.5555/a. puede ser incorrecto: termina en un signo de puntuación."
    )


def test_long_text_is_not_looked_for():
    assert language("ru").say("; ".join(["x"] * 2000)) is None


@pytest.mark.parametrize(
    "text",
    [
        "; ".join(["x"] * 600),
        ": ".join(["oai_dc"] * 200),
        " ".join(["1"] * 900),
        "1 run: " + "2 failed, " * 150,
        "a (" * 600,
    ],
)
def test_text_that_looks_like_many_is_given_up_soon(text: str):
    begun = time.process_time()
    assert language("ru").say(text[:1990]) is None
    assert time.process_time() - begun < 1
