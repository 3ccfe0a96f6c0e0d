"""Language codes that Crossref accepts: ISO 639-1, else 639-3."""

import pytest

from harvester.model import Abstract, AltName, Keyword, LangText, Paragraph, Title
from harvester.rules import languages
from tests.rules.samples import article, findings_of, with_journal, with_person

BAD = [
    ("language-refused", "language", article(language="ger")),  # ISO 639-2/B
    ("language-refused", "language", article(language="en-GB")),
    ("language-refused", "language", article(language="EN")),
    ("language-refused", "journal.language", with_journal(language="fre")),
    ("language-refused", "journal.titles[0].lang", with_journal(titles=(LangText(("A",), "xx"),))),
    ("language-refused", "titles[0].lang", article(titles=(Title(text=("A",), lang="xx"),))),
    ("language-refused", "abstracts[0].lang", article(abstracts=(Abstract(blocks=(Paragraph(("A",)),), lang="xx"),))),
    ("language-refused", "keywords[1].lang", article(keywords=(Keyword("a", "en"), Keyword("b", "english")))),
    ("language-refused", "contributors[0].lang", with_person(lang="chi")),
    (
        "language-refused",
        "contributors[0].alt_names[0].lang",
        with_person(alt_names=(AltName(surname="A", lang="chi"),)),
    ),
]
GOOD = [
    article(language=None),
    article(language="sah", titles=(Title(text=("A",), lang="zul"),)),
    article(language="deu"),  # 639-3, although a two-letter code exists
    with_person(alt_names=(AltName(surname="A", lang="zh"), AltName(surname="B"))),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_code_that_crossref_refuses_is_found(code, path, faulty):
    assert findings_of(languages.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_a_code_that_crossref_accepts_passes(good):
    assert findings_of(languages.RULES, good) == []
