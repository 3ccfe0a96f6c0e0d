"""Articles found and counted by what people know of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harvester.identifiers import fold_doi
from harvester.model import Finding, Issn, Journal, PubDate, Title
from harvester.standing.article import STATES, ArticleState, facts_in, state_of
from harvester.store import ArticleChoice, BatchMember
from harvester.store.store import Store
from tests.store.samples import NOW, article, article_to_save, fill, finding, name

TIMESTAMP = 20250301120000000


@pytest.fixture
def six(opened: Store) -> Store:
    """Six articles: new, held back, deleted, without journal and date, in a file, changed since it was in a file."""
    bare = article(4, journal=Journal(), dates=(), titles=(Title(text=("Плавни и камыш",)),))
    saves = (
        article_to_save(1),
        article_to_save(2, findings=(finding("error"), finding("warning"), finding("error", "titles[0]"))),
        article_to_save(3, deleted=True),
        article_to_save(4, bare),
        article_to_save(5, article(5, dates=(PubDate(year=1999),))),
        article_to_save(6, article(6, journal=Journal(issns=(Issn("1234-5679"),)))),
    )
    fill(opened, *saves)
    for number in (5, 6):
        found = opened.articles.find(name(number))[0]
        fingerprint = found.fingerprint if number == 5 else "ab" * 32
        batch, moment = f"b{number}", NOW + timedelta(minutes=number)
        members = [BatchMember(found.id, found.doi or "", fingerprint or "")]
        opened.ledger.plan("crossref", batch, TIMESTAMP + number, "5.4.0", members, moment)
        opened.ledger.mark_exported(batch, f"/exports/{batch}.xml", "cd" * 32, 1, moment)
    return opened


def numbers(opened: Store, **choice: object) -> list[int]:
    """The numbers of the articles that match, in their order."""
    lines = opened.search.lines(ArticleChoice(**choice))  # type: ignore[arg-type]
    return [int(line.identifier[-4:]) for line in lines]


def test_newest_come_first_and_pages_begin_after_a_key(six: Store):
    assert numbers(six) == [6, 5, 4, 3, 2, 1]
    first = six.search.lines(ArticleChoice(), limit=2)
    rest = six.search.lines(ArticleChoice(), before=first[-1].id, limit=2)
    assert [one.identifier for one in (*first, *rest)] == [name(6), name(5), name(4), name(3)]


def test_every_article_is_in_one_state(six: Store):
    found: dict[ArticleState, list[int]] = {state: numbers(six, facts=facts_in(state)) for state in STATES}
    assert {state: which for state, which in found.items() if which} == {
        "held_back": [2],
        "ready": [4, 1],
        "changed": [6],
        "in_file": [5],
        "deleted": [3],
    }
    for line in six.search.lines(ArticleChoice()):
        assert int(line.identifier[-4:]) in found[state_of(line.facts)]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"named": name(3)}, [3]),
        ({"named": "https://doi.org/10.5555/REEDS.5"}, [5]),
        ({"named": "10.5555/none"}, []),
        ({"words": ("growth", "PHRAGMITES")}, [6, 5, 3, 2, 1]),
        ({"words": ("плавни",)}, [4]),
        ({"words": ("100%",)}, []),
        ({"words": ("_",)}, []),
        ({"words": ("\\",)}, []),
        ({"source": "wetlands"}, [6, 5, 4, 3, 2, 1]),
        ({"source": "rivers"}, []),
        ({"issns": ("1234-5679",)}, [6]),
        ({"issns": ("",)}, [4]),
        ({"year": 1999}, [5]),
        ({"year": 0}, [4]),
        ({"issns": ("2049-3630",), "year": 2023}, [3, 2, 1]),
        ({"source": "wetlands", "facts": facts_in("held_back")}, [2]),
    ],
)
def test_choice(six: Store, choice: dict[str, object], expected: list[int]):
    assert sorted(numbers(six, **choice), reverse=True) == [one for one in expected if one in numbers(six, **choice)]
    assert numbers(six, **choice) == expected
    counts = six.search.counts(ArticleChoice(**choice))  # type: ignore[arg-type]
    assert sum(counts.states.values()) == sum(counts.sources.values()) == len(expected)
    assert sum((counts.issns or {}).values()) == sum((counts.years or {}).values()) == len(expected)


def test_article_with_two_findings_of_a_code_is_one_row(six: Store):
    code = finding("error").code
    assert numbers(six, code=code) == [2]
    assert numbers(six, code=code, source="wetlands") == [2]
    for choice in (ArticleChoice(), ArticleChoice(source="wetlands")):
        counted = {one.code: one for one in six.search.codes(choice)}
        assert (counted[code].findings, counted[code].articles) == (2, 1)
        assert [one.identifier for one in six.articles.by_id(counted[code].examples)] == [name(2)]


def test_number_is_known_without_reading_if_only_source_and_state_are_chosen(six: Store):
    whole = six.search.number(ArticleChoice())
    assert whole is not None
    assert whole.states == {"ready": 4, "held": 1, "deleted": 1} == six.search.counts(ArticleChoice()).states
    held = six.search.number(ArticleChoice(source="wetlands", facts=facts_in("held_back")))
    assert held is not None
    assert held.sources == {"wetlands": 1}
    assert six.search.number(ArticleChoice(year=1999)) is None
    assert six.search.number(ArticleChoice(facts=facts_in("changed"))) is None


def test_what_was_sent_is_counted_apart(six: Store):
    sent = six.search.sent(ArticleChoice())
    assert {state_of(facts): number for facts, number in sent.items()} == {"in_file": 1, "changed": 1}
    assert six.search.sent(ArticleChoice(year=1999)).keys() <= sent.keys()


def test_findings_are_paged_within_an_article(six: Store):
    first = six.search.findings(ArticleChoice(), limit=2)
    place = (first[-1].article_id, first[-1].position)
    rest = six.search.findings(ArticleChoice(), after=place)
    assert [one.position for one in (*first, *rest)] == [0, 1, 2]
    assert [one.row.finding.path for one in six.search.findings(ArticleChoice(), "error")] == ["doi", "titles[0]"]
    assert six.search.findings(ArticleChoice(source="rivers")) == []


def test_first_error_is_in_the_line(six: Store):
    (held,) = six.search.lines(ArticleChoice(facts=facts_in("held_back")))
    assert held.held_back == Finding(finding("error").code, "doi", "", {"suggestion": "look again"})


def test_articles_come_with_their_documents(six: Store):
    found = six.search.articles(ArticleChoice(facts=frozenset(facts_in("ready"))))
    assert [fold_doi(one.article.doi or "") for one in found] == ["10.5555/reeds.4", "10.5555/reeds.1"]


def test_journals_have_the_title_of_one_of_their_articles(six: Store):
    assert six.search.journals() == {"1234-5679": "1234-5679", "2049-3630": "Wetland Notes"}


def test_a_code_frees_the_articles_that_are_held_back_for_it_alone(opened: Store):
    one, other = Finding("doi-missing", "doi"), Finding("issn-missing", "journal.issns")
    warning = Finding("license-unclear", "licenses", "free")
    fill(
        opened,
        article_to_save(1, findings=(one, one, warning)),
        article_to_save(2, findings=(one, other)),
        article_to_save(3, findings=(warning,)),
        article_to_save(4, article(4, dates=(PubDate(year=1999),)), findings=(one,)),
    )
    assert opened.search.frees(ArticleChoice()) == {"doi-missing": 2}
    assert opened.search.frees(ArticleChoice(year=1999)) == {"doi-missing": 1}
    assert opened.search.frees(ArticleChoice(code="issn-missing")) == {}
    assert opened.search.frees(ArticleChoice(facts=facts_in("ready"))) == {}
