"""Mistakes in TOML, each with what a person reads about it."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.config.syntax import explained

STRAIGHT = "the quotes are curly ones; TOML needs straight ones: "
MISTAKES = [
    ("url = “https://x”", STRAIGHT + 'url = "https://x"'),
    ('url = "https://x”', STRAIGHT + 'url = "https://x"'),
    ("url = „https://x“  # ours", STRAIGHT + 'url = "https://x"  # ours'),
    ("[journals.“1234-5679”]", STRAIGHT + '[journals."1234-5679"]'),
    ('url = "https://x\nformats = ["jats"]', 'a text has no end quote: url = "https://x"'),
    ('title = "Über “X” und\n', 'a text has no end quote: title = "Über “X” und"'),
    ("allow_private = True", "True is not a value; write allow_private = true"),
    ("mint = FALSE # not yet", "FALSE is not a value; write mint = false"),
    ("mint = yes", "yes is not a value; write mint = true"),
    ("sets = None", "None is not a value; delete the line, and the setting has its default"),
    ("sets = \n", "a value is missing after =: write sets = and then the value, or delete the line"),
    ("[sources.Zeitschrift-für]", "the letters a-z, digits, - and _: write [sources.Zeitschrift-fuer]"),
    ("[sources.Éditions du Nord]", "the letters a-z, digits, - and _: write [sources.Editions-du-Nord]"),
    ("[sources.журнал]", "the letters a-z, digits, - and _: write [sources.journal]"),
    ("[sources.a\nurl = 1", "the name of a table ends with ]: write [sources.a]"),
    ('url: "https://x"', 'a key needs = and not a colon: url = "https://x"'),
    ('url "https://x"', 'a key needs = before its value: url = "https://x"'),
    ("delay = 0,5", "a number has a point and not a comma: delay = 0.5"),
    ("schedule = 30 2 * * *", 'a text needs quotes: schedule = "30 2 * * *"'),
    ("url = https://x", 'a text needs quotes: url = "https://x"'),
    ('formats = ["jats" "oai_dc"]', "a list has no end, or no comma between two values: "),
    ("formats = [jats]", "the texts in a list need quotes: "),
    ('dir = "C:\\data"', "a text with \\ needs single quotes: "),
    ("a = 1\na = 2\n", "a is in its table for the second time; delete one of both lines"),
    ("[crossref]\na = 1\n[crossref]", "[crossref] is here for the second time; move the lines below it into the first"),
    (
        '[journals."1234-5679"]\na = 1\n[journals."1234-5679"]',
        '[journals."1234-5679"] is here for the second time; move the lines below it into the first one (line 1), and',
    ),
    (
        "[sources.a]\n[sources.a]",
        "[sources.a] is here for the second time; give it another name, or, if it is the same",
    ),
]


def mistake(text: str) -> tuple[int, str]:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    return explained(str(caught.value), text)


@pytest.mark.parametrize(("text", "words"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_explained_by_what_a_person_did(text, words):
    number, sentence = mistake(text)
    assert words in sentence
    assert number <= len(text.splitlines())


@pytest.mark.parametrize("text", [text for text, words in MISTAKES if words.startswith((STRAIGHT, "a text needs"))])
def test_the_corrected_line_is_valid(text):
    number, sentence = mistake(text)
    assert tomllib.loads(sentence.partition(": ")[2]), number


@pytest.mark.parametrize(
    "text",
    [
        "password = “hunter2”",
        'webhook_url = "https://hunter2',
        "headers = hunter2",
        "url = https://me:hunter2@journal.example.org/oai",
    ],
)
def test_a_secret_is_not_repeated(text):
    assert "hunter2" not in mistake(text)[1]


@given(st.text("ab =[]\"'“”#:\n,.1-ü\\", max_size=60))
def test_every_mistake_has_a_line_and_a_sentence(text):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        number, sentence = explained(str(error), text)
        assert 1 <= number <= max(1, len(text.splitlines()))
        assert sentence
