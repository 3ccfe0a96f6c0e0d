"""Words with letters of another script that look the same."""

from __future__ import annotations

import pytest

from harvester.model import Abstract, Affiliation, Keyword, LangText, Paragraph, Section, Title
from harvester.rules import scripts
from tests.rules.samples import CONFIGURED, article, findings_of, with_journal, with_person

WORD = "biоlogy"  # with a Cyrillic о
SECTION = Section(title=("A",), blocks=(Paragraph(("The ", WORD)),))
FAULTY = [
    ("titles[0]", article(titles=(Title(text=(WORD,)),))),
    ("titles[1]", article(titles=(Title(text=("A",)), Title(text=("B",), subtitle=(WORD,))))),
    ("journal.titles[0]", with_journal(titles=(LangText((WORD,)),))),
    ("issue_title", article(issue_title=WORD)),
    ("abstracts[0]", article(abstracts=(Abstract(blocks=(SECTION,)),))),
    ("contributors[0].affiliations[0]", with_person(affiliations=(Affiliation(name="A", departments=(WORD,)),))),
    ("keywords[1]", article(keywords=(Keyword("tides"), Keyword(WORD)))),
]
BAD = [("text-mixed-scripts", path, faulty) for path, faulty in FAULTY]
GOOD = [
    article(titles=(Title(text=("COVID-19 вакцина, TNFα",)),)),
    article(keywords=(Keyword("IT-компания"), Keyword("β-carotene"))),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_a_word_with_letters_of_another_script_is_found(code, path, faulty):
    assert findings_of(scripts.RULES, faulty) == [(code, path)]


def test_the_finding_shows_words_and_letters_once():
    words = " ".join([WORD, "zооlogy", WORD, "Τhe"])
    (finding,) = scripts.words_have_one_script(article(titles=(Title(text=(words,)),)), CONFIGURED)
    assert finding.value == f"{WORD}, zооlogy, Τhe"
    assert finding.detail == {"letters": "о (Cyrillic, U+043E), Τ (Greek, U+03A4)"}


@pytest.mark.parametrize("good", GOOD)
def test_a_text_that_is_meant_to_have_two_scripts_passes(good):
    assert findings_of(scripts.RULES, good) == []
