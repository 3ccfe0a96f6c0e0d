from __future__ import annotations

from harvester.model import Finding, Issn, Journal, PubDate
from harvester.store import BatchMember, Selection
from harvester.store.store import Store
from tests.store.samples import (
    NOW,
    article,
    article_to_save,
    fill,
    finding,
    name,
)

SHA = "ab" * 32


def deposit_all(opened: Store, target: str = "crossref") -> None:
    members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in opened.ready.pending(target)]
    opened.ledger.plan(target, target, 20250301120000000, "1", members, NOW)
    opened.ledger.mark_exported(target, f"{target}.xml", SHA, 1, NOW)


def pending(opened: Store, *args: object, **kwargs: object) -> list[str]:
    articles = opened.ready.pending("crossref", *args, **kwargs)  # type: ignore[arg-type]
    found = [one.identifier for one in articles]
    assert len(articles) == len(found)
    return found


def test_pending_articles_are_ready_and_differ_from_their_last_deposit(opened: Store):
    fill(
        opened,
        article_to_save(1),
        article_to_save(2, findings=(finding("error"),)),
        article_to_save(3, article(3, doi=None)),
        article_to_save(4, deleted=True),
        article_to_save(5, findings=(finding("warning"),)),
    )
    assert pending(opened) == [name(1), name(5)]
    deposit_all(opened)
    assert pending(opened) == []
    assert opened.ready.count() == 2
    opened.articles.save([article_to_save(5, article(5, "corrected")), article_to_save(2)])
    assert pending(opened) == [name(2), name(5)]
    assert opened.ready.count() == 3


def test_doi_whose_findings_are_not_up_to_date_is_not_pending(opened: Store):
    """Another process has stored an article with the DOI of one that is ready."""
    shared = article(1, "Another title")
    fill(opened, article_to_save(1), article_to_save(2, article(2)), article_to_save(3, shared))
    fill(opened, article_to_save(4, shared, source="removed"), source="removed")
    everywhere = {"configured": ["wetlands"], "without": ["set-not-configured"]}
    assert pending(opened, ["wetlands"], **everywhere) == [name(2)]
    outside = Finding("set-not-configured")
    opened.articles.save([article_to_save(3, shared, findings=(outside,))])
    assert pending(opened, ["wetlands"], **everywhere) == [name(1), name(2)]
    opened.articles.save([article_to_save(3, deleted=True)])
    assert pending(opened, ["wetlands"], **everywhere) == [name(1), name(2)]


def test_equal_articles_with_one_doi_are_pending(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2, article(1)))
    assert pending(opened, configured=["wetlands"]) == [name(1), name(2)]


def test_what_changes_while_pending_articles_are_read_is_left_to_the_next_call(opened: Store):
    fill(opened, *(article_to_save(number) for number in range(1, 150)))
    reading = iter(opened.ready.pending("crossref"))
    first = next(reading)
    assert first.identifier == name(1)
    opened.articles.save([article_to_save(99, article(99, "corrected")), article_to_save(200, article(1, "other"))])
    rest = {one.identifier for one in reading}
    assert name(99) not in rest
    assert name(200) not in rest
    assert len(rest) == 147


def test_ready_articles_are_those_not_held_back(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2, findings=(finding("error"),)), article_to_save(3, deleted=True))
    fill(opened, article_to_save(7, source="fens"), source="fens")
    deposit_all(opened)
    assert list(opened.ready.articles()) == [article(1), article(7)]
    assert list(opened.ready.articles(["fens"])) == [article(7)]


def test_each_target_has_its_own_pending_articles(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2))
    deposit_all(opened)
    assert [one.identifier for one in opened.ready.pending("lines")] == [name(1), name(2)]
    deposit_all(opened, "lines")
    opened.articles.save([article_to_save(2, article(2, "corrected"))])
    assert [one.identifier for one in opened.ready.pending("lines")] == pending(opened) == [name(2)]


def test_changed_provenance_alone_is_not_deposited(opened: Store):
    fill(opened, article_to_save(1))
    deposit_all(opened)
    opened.articles.save([article_to_save(1, article(1, provenance={"doi": "dc:relation"}), mapped_with="program 2")])
    assert pending(opened) == []


def test_dois_and_everything_deposit_again_but_never_what_is_held_back(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2), article_to_save(3, findings=(finding("error"),)))
    deposit_all(opened)
    assert pending(opened, everything=True) == [name(1), name(2)]
    assert pending(opened, (), Selection(dois=("10.5555/REEDS.2", "10.5555/reeds.3"))) == [name(2)]
    assert pending(opened, ["fens"], everything=True) == []


def test_pending_articles_of_some_sources(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2))
    fill(opened, article_to_save(7, source="fens"), source="fens")
    assert pending(opened, ["fens"]) == [name(7)]
    assert len(pending(opened, ["fens", "wetlands"])) == 3
    assert opened.ready.count(["fens"]) == 1


def test_articles_of_an_issue_come_together(opened: Store):
    other = Journal(issns=(Issn("1234-5679"),))
    fill(
        opened,
        article_to_save(1, article(1, issue="2")),
        article_to_save(2, article(2, journal=other)),
        article_to_save(3, article(3, issue="1")),
        article_to_save(4, article(4, journal=other, dates=(PubDate(year=2020),))),
        article_to_save(5, article(5, issue="2")),
    )
    assert pending(opened) == [name(4), name(2), name(3), name(1), name(5)]


def test_others_can_write_while_pending_articles_are_streamed(opened: Store):
    fill(opened, *(article_to_save(n) for n in range(250)))
    stream = iter(opened.ready.pending("crossref"))
    assert next(stream).identifier == name(0)
    opened.articles.save([article_to_save(n, findings=(finding("error"),)) for n in range(200, 250)])
    assert sum(1 for _ in stream) == 199, "articles held back meanwhile are left out"
