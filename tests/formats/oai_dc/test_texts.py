"""Titles, abstracts and keywords with their languages."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.oai_dc import texts
from harvester.model import Abstract, Keyword, Paragraph
from harvester.text import Span, plain
from tests.formats.oai_dc.reading import codes, fields, read


def test_the_first_description_of_arxiv_is_the_abstract():
    pairs = (("description", "We show mills."), ("description", "Comment: 12 pages"))
    article, findings = read(*pairs, citation_profile="arxiv")
    assert (len(article.abstracts), findings) == (1, ["description-unused"])
    assert read(*pairs)[1] == ["abstract-ambiguous"]


TITLES = [
    ([("title", "Mills")], [("Mills", None)], []),
    ([("title", "Moulins", "fr"), ("title", "Mills", "en")], [("Mills", "en"), ("Moulins", "fr")], []),
    ([("title", "Mills"), ("title", " Mills ")], [("Mills", None)], []),
    ([("title", "Mills", "en"), ("title", "Mills", "fr")], [("Mills", "en")], []),
    ([("articleTitle", "Mills")], [("Mills", None)], []),
    ([("title", "Mills"), ("articleTitle", "Other")], [("Mills", None)], []),
    ([("title", ".")], [], []),
    ([("title", "1984")], [], ["text-without-letters"]),
    ([("title", "Mills \x86")], [("Mills", None)], ["control-characters"]),
    ([("title", "Мельницы над рекой", "en")], [("Мельницы над рекой", "en")], ["lang-mismatch"]),
]


@pytest.mark.parametrize(("rows", "expected", "found"), TITLES)
def test_the_titles_of_an_article(rows, expected, found):
    notes = Notes()
    titles = texts.titles(fields(*rows, notes=notes), "en", notes)
    assert ([(plain(title.text), title.lang) for title in titles], codes(notes)) == (expected, found)


def test_the_formatting_of_a_title_is_kept():
    (title,) = texts.titles(fields(("title", "On <i>E. coli</i> &amp; us")), None, Notes())
    assert title.text == ("On ", Span("italic", ("E. coli",)), " & us")


def abstract(text, lang=None):
    return Abstract(blocks=(Paragraph((text,)),), lang=lang)


ABSTRACTS = [
    ([("We grind.",)], [abstract("We grind.")], []),
    ([("Мы мелем.", "ru"), ("We grind.", "en")], [abstract("We grind.", "en"), abstract("Мы мелем.", "ru")], []),
    # Without language tags, two scripts count as two languages.
    ([("We grind.",), ("Мы мелем.",)], [abstract("We grind."), abstract("Мы мелем.")], []),
    ([("We grind.",), ("We grind.",), ("<p>We grind.</p>",)], [abstract("We grind.")], []),
    ([("We grind.",), ("12 pages",)], [], ["abstract-ambiguous"]),
    ([("https://journal.example/7",)], [], []),
    ([("-",)], [], []),
    ([("2020",)], [], ["text-without-letters"]),
]


@pytest.mark.parametrize(("rows", "expected", "found"), ABSTRACTS)
def test_the_abstracts_of_an_article(rows, expected, found):
    notes = Notes()
    descriptions = fields(*(("description", *row) for row in rows))
    assert list(texts.abstracts(descriptions, "en", "ojs", notes)) == expected
    assert codes(notes) == found


def test_the_keywords_of_an_article():
    notes = Notes()
    subjects = [("mill", "en"), ("mill", "en"), ("mill", "fr"), ("a; b",), ("<i>flour</i>",), ("42",), ("Ð˜Ð²Ð°Ð½",)]
    found = texts.keywords(fields(*(("subject", *subject) for subject in subjects)), notes)
    assert found == (
        Keyword("mill", "en"),
        Keyword("mill", "fr"),
        Keyword("a; b"),
        Keyword("flour"),
        Keyword("Ð˜Ð²Ð°Ð½"),
    )
    assert [(finding.code, finding.path) for finding in notes.findings] == [("encoding-suspect", "keywords[4]")]


@pytest.mark.parametrize(
    ("raw", "words"),
    [("  a \n b ", "a b"), ("<b>a</b>&nbsp;b", "a b"), ("a\x02b", "ab"), ("p < 0.05", "p < 0.05"), ("AT&T", "AT&T")],
)
def test_plain_line_of_a_value(raw, words):
    assert texts.plain_line(raw) == words
