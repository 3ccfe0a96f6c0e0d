"""When two formats say the same, however they write it."""

from __future__ import annotations

import pytest

from harvester.mapping.comparing import agree_on_doi, agree_on_issue, may_be_same, same_number, title_wordings
from harvester.model import Article, Contributor, Title
from harvester.text import Math


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("1-2", "1–2"), ("1/2", "1 - 2"), ("03", "3"), ("S1", "s1"), ("Suppl. 1", "suppl 1"), ("7", "7")],
)
def test_spellings_of_one_number(ours, theirs):
    assert same_number(ours, theirs)


@pytest.mark.parametrize(("ours", "theirs"), [("1-2", "12"), ("3", "30"), ("S1", "1"), ("10", "1")])
def test_different_numbers(ours, theirs):
    assert not same_number(ours, theirs)


def article(volume: str | None = None, issue: str | None = None, doi: str | None = None) -> Article:
    return Article(format="jats", volume=volume, issue=issue, doi=doi)


def test_what_one_article_lacks_is_no_contradiction():
    assert agree_on_issue(article("3"), article("3", "1"))
    assert agree_on_issue(article(), article("3", "1"))
    assert not agree_on_issue(article("3", "1"), article("3", "2"))
    assert agree_on_doi(article(doi="10.5555/A"), article(doi="10.5555/a"))
    assert agree_on_doi(article(doi="10.5555/a"), article())
    assert not agree_on_doi(article(doi="10.5555/a"), article(doi="10.5555/b"))


def test_titles_with_formulas_are_not_compared():
    assert title_wordings([Title(text=("On honey",), subtitle=("A study",))]).keys() == {"onhoney", "onhoneyastudy"}
    assert title_wordings([Title(text=("On ", Math("<math/>")))]) == {}


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (Contributor(surname="Berg", given="Ada"), Contributor(surname="Berg", given="Ada M."), True),
        (Contributor(surname="Sukarno"), Contributor(surname="Sukarno"), True),
        (Contributor(surname="O’Connor", given="Ann"), Contributor(surname="O'Connor", given="Ann"), True),
        (Contributor(surname="Berg", given="Ada"), Contributor(surname="Berg", given="Eva"), False),
        (Contributor(surname="Berg", given="Ada"), Contributor(kind="group", name="Berg Group"), False),
    ],
)
def test_contributors_are_compared_by_their_words(ours, theirs, same):
    assert may_be_same(ours, theirs) is same
