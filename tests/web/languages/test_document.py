from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from harvester.markup import Part, foreign, joined, tag
from harvester.web.languages.catalogue import Language
from harvester.web.languages.document import translated

RUSSIAN = Language(
    "ru",
    {
        "Records": "Записи",
        "works": "работает",
        "As {1} or {2}": "{2} либо {1}",
        "{n} records": {"en_one": "{n} record", "one": "{n} запись", "few": "{n} записи", "many": "{n} записей"},
        "Source {name}": "Источник {name}",
    },
    {"doi-invalid.message": "«{value}» — не DOI.", "crossref-other.next": "Выполните `{submission_id}`."},
)


def test_text_attribute_and_language_change():
    page = tag("html", tag("body", tag("nav", "Records", aria_label="Records")), lang="en")
    assert translated(page, RUSSIAN) == ('<html lang="ru"><body><nav aria-label="Записи">Записи</nav></body></html>')


def test_blanks_around_a_text_stay():
    assert translated(tag("p", "Records", " ", tag("b", " works ")), RUSSIAN) == "<p>Записи <b> работает </b></p>"


def test_elements_of_a_sentence_change_places():
    links = tag("a", "Records", href="/r"), tag("a", "JSON", href="/j", lang="x")
    assert translated(tag("p", "As ", links[0], " or ", links[1]), RUSSIAN) == (
        '<p><a href="/j" lang="x">JSON</a> либо <a href="/r">Записи</a></p>'
    )


@pytest.mark.parametrize(("number", "words"), [("1", "1 запись"), ("3", "3 записи"), ("1,205", "1\u00a0205 записей")])
def test_number_has_its_form(number: str, words: str):
    english = f"{number} record{'' if number == '1' else 's'}"
    assert translated(tag("p", english), RUSSIAN) == f"<p>{words}</p>"


@pytest.mark.parametrize(
    "part",
    [
        foreign("Records"),
        tag("code", "Records"),
        tag("pre", tag("code", foreign("works"))),
        tag("a", "Records", lang="fr"),
        tag("title", "Records", translate="no"),
    ],
)
def test_text_of_others_stays(part: str):
    assert translated(part, RUSSIAN) == part


def test_value_of_others_is_escaped_again():
    assert translated(tag("p", "Source <b>&\"'"), RUSSIAN) == "<p>Источник &lt;b&gt;&amp;&quot;&#x27;</p>"


def test_sentence_with_a_code_is_said_from_its_values():
    english = '"x" is in the DOI field but is not a DOI; it is left out.'
    marked = tag("bdi", english, data_words="doi-invalid.message")
    assert translated(marked, RUSSIAN) == '<bdi data-words="doi-invalid.message">«x» — не DOI.</bdi>'


def test_sentence_without_words_is_marked_as_english():
    marked = tag("bdi", "Another sentence", data_words="doi-invalid.message")
    assert translated(marked, RUSSIAN) == '<bdi data-words="doi-invalid.message" lang="en">Another sentence</bdi>'


def test_text_without_words_is_marked_as_english():
    assert translated(tag("p", "Unknown"), RUSSIAN) == '<p lang="en">Unknown</p>'
    mixed = translated(tag("p", "Unknown ", tag("b", "works")), RUSSIAN)
    assert mixed == '<p><span lang="en">Unknown </span><b>работает</b></p>'


@pytest.mark.parametrize("text", ["✓", "12", "75 %", "—", ""])
def test_what_has_no_letters_needs_no_words(text: str):
    assert translated(tag("p", text), RUSSIAN) == f"<p>{text}</p>"


TEXTS = st.text(max_size=12) | st.sampled_from(["Records", "works", "1 record", "Source a", "As ", " or "])
NAMES = st.sampled_from(["p", "span", "bdi", "code", "br", "b"])
PARTS = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda name, parts, title: tag(name, *parts, title=title), NAMES, st.lists(inner, max_size=4), TEXTS
    ),
    max_leaves=12,
)


@given(parts=st.lists(PARTS, max_size=4))
def test_any_page_keeps_its_elements_and_the_text_of_others(parts: list[Part]):
    page = str(joined(tag("div", parts)))
    before, after = html.fragment_fromstring(page), html.fragment_fromstring(translated(page, RUSSIAN))
    assert sorted(one.tag for one in before.iter() if one.tag != "span") == sorted(
        one.tag for one in after.iter() if one.tag != "span"
    )
    assert sorted(one.text_content() for one in before.iter("bdi", "code") if one.tag == "code") == sorted(
        one.text_content() for one in after.iter("bdi", "code") if one.tag == "code"
    )
