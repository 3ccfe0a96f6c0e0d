"""Findings that need more than one record are exchanged in one transaction, and no other finding is touched."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from harvester import store
from harvester.errors import StoreLocked
from harvester.model import Finding
from harvester.store import BatchMember, ChangedDeposit, DuplicateDoi, cross_record, database
from harvester.store.store import Store
from tests.store.conftest import only_sqlite
from tests.store.samples import NOW, article, article_to_save, changed_deposits, fill, finding, name

SHARED, THINNER = ["doi-duplicate", "doi-same-article"], ["deposit-thinner"]
MISSING = Finding("doi-missing", "doi")


@pytest.fixture
def filled(opened: Store) -> Store:
    """Articles 1 and 2 have one DOI."""
    fill(opened, article_to_save(1), article_to_save(2, article(2, doi="10.5555/REEDS.1")), article_to_save(3))
    return opened


@pytest.fixture
def other(filled: Store, url: str) -> Iterator[Store]:
    """The store as another process has it open, which waits for nobody."""
    with store.connect(url, timeout=0.05) as second:
        yield second


def duplicates(shared: DuplicateDoi) -> Iterator[tuple[int, Finding]]:
    for holder in shared.holders:
        yield holder.article_id, Finding("doi-duplicate", "doi", shared.doi)


def thinner(changed: ChangedDeposit) -> Finding:
    return Finding("deposit-thinner", "", changed.article.doi or "")


def codes(opened: Store, number: int, source: str = "wetlands") -> list[str]:
    (found,) = opened.articles.find(name(number), source)
    return [each.code for each in found.findings]


def state(opened: Store, number: int) -> str:
    (found,) = opened.articles.find(name(number), "wetlands")
    return found.state


def deposit(opened: Store, batch: str = "b1", target: str = "crossref") -> None:
    members = [
        BatchMember(one.id, one.doi or "", one.fingerprint or "", {"references": number})
        for number, one in enumerate(opened.ready.pending(target), 1)
    ]
    opened.ledger.plan(target, batch, 20250301120000000, "1", members, NOW)
    opened.ledger.mark_exported(batch, f"{batch}.xml", "ab" * 32, 1, NOW)


# ------------------------------------------------------------------------------------------------- shared DOIs


def test_articles_with_one_doi_get_the_finding_and_lose_it_with_its_cause(filled: Store):
    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, duplicates)
    assert [(codes(filled, n), state(filled, n)) for n in (1, 2, 3)] == [
        (["doi-duplicate"], "held"),
        (["doi-duplicate"], "held"),
        ([], "ready"),
    ]
    filled.articles.save([article_to_save(2, article(2), findings=(finding("warning"),))])
    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, duplicates)
    assert [state(filled, n) for n in (1, 2)] == ["ready", "ready"]
    assert codes(filled, 1) == []
    assert codes(filled, 2) == [finding("warning").code]


def test_only_live_articles_of_these_sources_share_a_doi(filled: Store):
    fill(filled, article_to_save(3, source="fens"), article_to_save(1, source="fens", deleted=True), source="fens")
    seen: list[tuple[str, list[tuple[str, str]]]] = []

    def judge(shared: DuplicateDoi) -> Iterator[tuple[int, Finding]]:
        seen.append((shared.doi, [(one.source, one.identifier) for one in shared.holders]))
        return iter(())

    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, judge)
    assert seen == [("10.5555/reeds.1", [("wetlands", name(1)), ("wetlands", name(2))])]
    seen.clear()
    filled.cross_record.replace_shared_doi_findings(["wetlands", "fens"], SHARED, judge)
    assert seen[1] == ("10.5555/reeds.3", [("fens", name(3)), ("wetlands", name(3))])


def test_articles_with_one_of_the_other_codes_do_not_count(filled: Store):
    filled.articles.save([article_to_save(1, findings=(MISSING,))])
    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, duplicates, without=["doi-missing"])
    assert [codes(filled, n) for n in (1, 2)] == [["doi-missing"], []]


def test_findings_of_sources_that_are_not_named_any_more_disappear(filled: Store):
    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, duplicates)
    filled.cross_record.replace_shared_doi_findings([], SHARED, duplicates)
    assert [codes(filled, n) for n in (1, 2)] == [[], []]


@pytest.mark.slow
def test_pages_that_another_thread_stores_keep_their_findings(filled: Store, url: str):
    """Findings of one article only are the business of its pages, findings about a shared DOI that of the exchange."""
    pages = 20

    def store_pages() -> list[tuple[tuple[Finding, ...], list[str]]]:
        lost: list[tuple[tuple[Finding, ...], list[str]]] = []
        with store.connect(url) as mine:
            for number in range(pages):
                findings = (MISSING,) if number % 2 else (finding("warning"),)
                mine.articles.save(
                    [article_to_save(1, article(1, f"{number}", doi="10.5555/reeds.1"), findings=findings)]
                )
                left = [code for code in codes(mine, 1) if code not in SHARED]
                if left != [one.code for one in findings]:
                    lost.append((findings, left))
        return lost

    with ThreadPoolExecutor(1) as thread:
        storing = thread.submit(store_pages)
        while not storing.done():
            filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, duplicates)
        assert storing.result() == []
    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, duplicates)
    assert codes(filled, 1) == ["doi-missing", "doi-duplicate"]


def test_nobody_stores_a_page_between_judging_and_writing(filled: Store, other: Store):
    def judge(shared: DuplicateDoi) -> Iterator[tuple[int, Finding]]:
        with pytest.raises(StoreLocked):
            other.articles.save([article_to_save(1, findings=(MISSING,))])
        return duplicates(shared)

    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, judge)
    other.articles.save([article_to_save(1, article(1, doi="10.5555/reeds.1"), findings=(MISSING,))])
    filled.cross_record.replace_shared_doi_findings(["wetlands"], SHARED, duplicates)
    assert codes(filled, 1) == ["doi-missing", "doi-duplicate"]


# -------------------------------------------------------------------------------------------------- redeposits


def test_judge_sees_live_articles_that_differ_from_their_last_deposit_and_what_that_had(opened: Store):
    fill(opened, *(article_to_save(n) for n in range(1, 5)))
    deposit(opened)
    assert changed_deposits(opened) == []
    changes = (article_to_save(2, article(2, "corrected")), article_to_save(3, article(3, "corrected"), deleted=True))
    held = article_to_save(4, article(4, "corrected"), findings=(finding("error"),))
    opened.articles.save([*changes, held])
    assert changed_deposits(opened) == [
        (name(2), "crossref", {"references": 2}),
        (name(4), "crossref", {"references": 4}),
    ]
    deposit(opened, "b2", "lines")
    opened.articles.save([article_to_save(2, article(2, "corrected twice"))])
    assert [target for identifier, target, _ in changed_deposits(opened) if identifier == name(2)] == [
        "crossref",
        "lines",
    ]


@only_sqlite
def test_fingerprints_are_compared_in_the_index_alone(opened: Store):
    with opened._database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {cross_record._CHANGED_IDS}").all()
    assert plan[0].detail == "SCAN article USING COVERING INDEX ix_article_doi"
    assert plan[1].detail.startswith("SEARCH deposited")


def test_finding_about_a_redeposit_comes_and_goes(filled: Store):
    deposit(filled)
    filled.articles.save([article_to_save(3, article(3, "corrected"), findings=(finding("info"),))])
    filled.cross_record.replace_redeposit_findings(["wetlands"], THINNER, thinner)
    assert codes(filled, 3) == [finding("info").code, "deposit-thinner"]
    filled.cross_record.replace_redeposit_findings(["fens"], THINNER, thinner)
    assert codes(filled, 3) == [finding("info").code]
    filled.cross_record.replace_redeposit_findings(["wetlands"], THINNER, thinner)
    filled.articles.save([article_to_save(3)])
    filled.cross_record.replace_redeposit_findings(["wetlands"], THINNER, thinner)
    assert codes(filled, 3) == []


def test_page_stored_while_redeposits_are_judged_keeps_its_findings(filled: Store, other: Store, monkeypatch):
    deposit(filled)
    filled.articles.save([article_to_save(3, article(3, "corrected"))])
    in_chunks = database.chunks

    def late(*arguments: object) -> Iterator[list[int]]:
        """Another process stores the page after the articles were chosen, and before they are judged."""
        if len(arguments) == 2:
            other.articles.save([article_to_save(3, article(3, "corrected twice"), findings=(MISSING,))])
        return in_chunks(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("harvester.store.cross_record.chunks", late)
    filled.cross_record.replace_redeposit_findings(["wetlands"], THINNER, thinner)
    assert codes(filled, 3) == ["doi-missing", "deposit-thinner"]
    assert state(filled, 3) == "held"
