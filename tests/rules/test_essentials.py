"""Titles and abstracts with words, numbers without labels, and types that are articles."""

import pytest
from msgspec.structs import replace

from harvester.model import Abstract, ListBlock, Paragraph, Section, Title
from harvester.rules import essentials
from harvester.text import Math, Span
from tests.rules.samples import ARTICLE, CONFIGURED, article, findings_of

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'


def title(*parts):
    return article(titles=(Title(text=parts),))


def abstract(*blocks):
    return article(abstracts=(Abstract(blocks=blocks),))


BAD = [
    ("title-missing", "titles", article(titles=())),
    ("title-missing", "titles[0]", title("?")),
    ("title-missing", "titles[0]", title(Math(MATH.format("")))),
    ("title-missing", "titles[1]", article(titles=(*ARTICLE.titles, Title(text=("—",))))),
    *(
        ("title-generic", "titles[0]", title(words))
        for words in (
            "[Untitled]",
            "Kapak",
            "目录",
            "فهرست مطالب",
            "Title",
            "FULL ISSUE",
            "Front Matter",
            "Table of Contents.",
            "Sin título",
            "Cover image",
        )
    ),
    ("abstract-empty", "abstracts[0]", abstract(Paragraph((".",)))),
    ("abstract-empty", "abstracts[0]", abstract(Section(title=("—",)))),
    ("abstract-empty", "abstracts[0]", abstract(Section(blocks=(ListBlock(items=(("*",), ("…",))),)))),
    ("volume-suspect", "volume", article(volume="Vol. 3")),
    ("volume-suspect", "volume", article(volume="Том 12")),
    ("volume-suspect", "volume", article(volume="Cilt 3")),
    ("volume-suspect", "volume", article(volume="第4卷")),
    ("volume-suspect", "issue", article(issue="Sayı: 3")),
    ("volume-suspect", "issue", article(issue="Núm. 3")),
    ("volume-suspect", "issue", article(issue="№ 2")),
    ("volume-suspect", "issue", article(issue="No.3")),
    ("volume-suspect", "issue", article(issue="1_2")),
    ("volume-suspect", "issue", article(issue="Issue 3–4")),  # the label is more serious than the dash
    ("volume-dash", "issue", article(issue="3–4")),
    ("volume-dash", "volume", article(volume="3-4")),
    ("type-not-article", "type", article(type="Table-of-contents")),
    ("type-not-article", "type", article(type="cover")),
    ("type-not-article", "type", article(type="doctoralThesis")),
    ("type-not-article", "type", article(type="Table of Contents")),
]
GOOD = [
    title("Editorial"),
    title("THE REEDS OF THE NORTH"),
    title("Contents of fen water"),
    title("Untitled works of the last century"),
    title("Índice de precios"),
    title("Title to land"),
    title("The full issue: a review"),
    title("Book reviews"),
    article(volume="XII", issue="S1"),
    article(volume="Nova", issue="Volta 3"),  # no labels: Vol and No only begin these words
    article(volume=None, issue="3/4"),
    article(type="correction"),
    article(type="cover story"),
    article(type="book-review"),
    article(type="Data paper"),
    title(Math(MATH.format("<mi>x</mi>"))),
    title(Span("italic", ("E. coli",))),
    title("42"),
    abstract(Section(title=("Aim",))),
    abstract(Paragraph((".",)), Section(blocks=(ListBlock(items=(("*",), ("one",))),))),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_missing_and_suspicious_values_are_found(code, path, faulty):
    assert findings_of(essentials.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_values_that_only_look_suspicious_pass(good):
    assert findings_of(essentials.RULES, good) == []


@pytest.mark.parametrize(
    ("text", "words"), [(("A",), True), (("٣",), True), (("—…?",), False), ((), False), (("№",), False)]
)
def test_a_word_has_a_letter_or_a_digit(text, words):
    assert essentials.has_words(text) == words


@pytest.mark.parametrize("listed", ["Cover", "cover"])
def test_a_type_that_the_source_lists_is_an_article(listed):
    policy = replace(CONFIGURED, article_types=("thesis", listed))
    assert findings_of(essentials.RULES, article(type="Cover"), policy) == []
    assert findings_of(essentials.RULES, article(type="dataset"), policy) == [("type-not-article", "type")]
