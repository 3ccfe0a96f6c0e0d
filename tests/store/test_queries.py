from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

from harvester.model import Finding, Issn, Journal, PubDate
from harvester.reports import HeldBack
from harvester.store import BatchMember, FindingRow, Selection
from harvester.store.store import Store
from tests.store.samples import (
    NOW,
    article,
    article_to_save,
    begin,
    fill,
    finding,
    name,
    page,
    raw,
    row_of,
    save_page,
    tombstone,
)

SHA = "ab" * 32


def deposit_all(opened: Store, target: str = "crossref") -> None:
    members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in opened.pending(target)]
    opened.plan_batch(target, target, 20250301120000000, "1", members, NOW)
    opened.mark_exported(target, f"{target}.xml", SHA, 1, NOW)


def pending(opened: Store, *args: object, **kwargs: object) -> list[str]:
    articles = opened.pending("crossref", *args, **kwargs)  # type: ignore[arg-type]
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
    assert opened.ready_count() == 2
    opened.save_articles([article_to_save(5, article(5, "corrected")), article_to_save(2)])
    assert pending(opened) == [name(2), name(5)]
    assert opened.ready_count() == 3


def test_doi_whose_findings_are_not_up_to_date_is_not_pending(opened: Store):
    """Another process has stored an article with the DOI of one that is ready."""
    shared = article(1, "Another title")
    fill(opened, article_to_save(1), article_to_save(2, article(2)), article_to_save(3, shared))
    fill(opened, article_to_save(4, shared, source="removed"), source="removed")
    everywhere = {"configured": ["wetlands"], "without": ["set-not-configured"]}
    assert pending(opened, ["wetlands"], **everywhere) == [name(2)]
    outside = Finding("set-not-configured")
    opened.save_articles([article_to_save(3, shared, findings=(outside,))])
    assert pending(opened, ["wetlands"], **everywhere) == [name(1), name(2)]
    opened.save_articles([article_to_save(3, deleted=True)])
    assert pending(opened, ["wetlands"], **everywhere) == [name(1), name(2)]


def test_equal_articles_with_one_doi_are_pending(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2, article(1)))
    assert pending(opened, configured=["wetlands"]) == [name(1), name(2)]


def test_what_changes_while_pending_articles_are_read_is_left_to_the_next_call(opened: Store):
    fill(opened, *(article_to_save(number) for number in range(1, 150)))
    reading = iter(opened.pending("crossref"))
    first = next(reading)
    assert first.identifier == name(1)
    opened.save_articles([article_to_save(99, article(99, "corrected")), article_to_save(200, article(1, "other"))])
    rest = {one.identifier for one in reading}
    assert name(99) not in rest
    assert name(200) not in rest
    assert len(rest) == 147


def test_ready_articles_are_those_not_held_back(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2, findings=(finding("error"),)), article_to_save(3, deleted=True))
    fill(opened, article_to_save(7, source="fens"), source="fens")
    deposit_all(opened)
    assert list(opened.ready_articles()) == [article(1), article(7)]
    assert list(opened.ready_articles(["fens"])) == [article(7)]


def test_each_target_has_its_own_pending_articles(opened: Store):
    fill(opened, article_to_save(1), article_to_save(2))
    deposit_all(opened)
    assert [one.identifier for one in opened.pending("lines")] == [name(1), name(2)]
    deposit_all(opened, "lines")
    opened.save_articles([article_to_save(2, article(2, "corrected"))])
    assert [one.identifier for one in opened.pending("lines")] == pending(opened) == [name(2)]


def test_changed_provenance_alone_is_not_deposited(opened: Store):
    fill(opened, article_to_save(1))
    deposit_all(opened)
    opened.save_articles([article_to_save(1, article(1, provenance={"doi": "dc:relation"}), mapped_with="program 2")])
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
    assert opened.ready_count(["fens"]) == 1


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
    stream = iter(opened.pending("crossref"))
    assert next(stream).identifier == name(0)
    opened.save_articles([article_to_save(n, findings=(finding("error"),)) for n in range(200, 250)])
    assert sum(1 for _ in stream) == 199, "articles held back meanwhile are left out"


def test_articles_held_back_come_with_the_codes_that_hold_them(opened: Store):
    error, again = finding("error", "doi"), finding("error", "titles")
    fill(
        opened,
        article_to_save(1, findings=(finding("info"), error, again)),
        article_to_save(2),
        article_to_save(3, article(3, doi=None)),
        article_to_save(4, deleted=True, findings=(error,)),
    )
    assert list(opened.held_back()) == [
        HeldBack(record=name(1), source="wetlands", doi="10.5555/Reeds.1", codes=(error.code,)),
        HeldBack(record=name(3), source="wetlands", doi=None, codes=()),
    ]
    assert list(opened.held_back(["fens"])) == []
    assert [one.record for one in opened.held_back((), Selection(dois=("10.5555/reeds.1",)))] == [name(1)]


def test_findings_by_source_code_and_severity(opened: Store):
    error, warning, info = finding("error"), finding("warning", "titles[0]", "eff ect"), finding("info")
    fill(opened, article_to_save(2, findings=(warning, error)), article_to_save(1, findings=(info,)))
    fill(opened, article_to_save(3, source="fens", findings=(error,)), source="fens")
    rows = list(opened.findings())
    assert [(row.source, row.identifier, row.finding) for row in rows] == [
        ("fens", name(3), error),
        ("wetlands", name(1), info),
        ("wetlands", name(2), warning),
        ("wetlands", name(2), error),
    ]
    assert list(opened.findings(["wetlands"], severities=["error"])) == [
        FindingRow("wetlands", name(2), "10.5555/Reeds.2", error, "2049-3630")
    ]
    assert [row.finding for row in opened.findings(codes=[info.code, warning.code])] == [info, warning]
    assert list(opened.findings(codes=[info.code], severities=["error"])) == []


def test_status_counts_every_record_once(opened: Store):
    saves = [article_to_save(n) for n in range(3)]
    saves += [article_to_save(3, findings=(finding("error"),)), article_to_save(4, row=None, deleted=True)]
    fill(opened, *saves)
    jats = opened.begin_run("wetlands", "jats", "full", [], NOW)
    begin(opened, "fens")
    fens, wetlands = opened.status()
    assert (wetlands.ready, wetlands.held_back, wetlands.deleted) == (3, 1, 1)
    unreached, dublin = wetlands.formats
    assert (dublin.prefix, dublin.live, dublin.deleted) == ("oai_dc", 4, 1)
    assert dublin.last_complete == dublin.last_run == row_of(opened.last_complete_run("wetlands", "oai_dc"))
    assert (unreached.prefix, unreached.live, unreached.last_complete) == ("jats", 0, None)
    assert unreached.last_run == row_of(jats)
    assert (fens.source, fens.ready, fens.formats[0].last_complete) == ("fens", 0, None)


def test_intact_store_passes_the_integrity_check(opened: Store):
    fill(opened, article_to_save(1))
    assert opened.check_integrity() == []
    assert opened.check_integrity(deep=True) == []


def test_integrity_check_finds_a_wrong_count(opened: Store):
    fill(opened, article_to_save(1))
    with closing(sqlite3.connect(opened.path)) as other, other:
        other.execute("UPDATE article_count SET number = 7")
    assert opened.check_integrity() == ["The store has miscounted its articles of wetlands; please report this."]


def test_only_the_deep_check_finds_damage_inside_a_payload(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1), raw(2), tombstone(3)))
    with sqlite3.connect(opened.path) as other:
        other.execute("UPDATE payload SET data = zeroblob(length(data)) WHERE id = 2")
    other.close()
    assert opened.check_integrity() == []
    (fault,) = opened.check_integrity(deep=True)
    assert "not what was received" in fault


def test_integrity_check_finds_a_row_that_points_to_nothing(opened: Store):
    fill(opened, article_to_save(1))
    with sqlite3.connect(opened.path) as other:
        other.execute("DELETE FROM payload")
    other.close()
    (fault,) = opened.check_integrity()
    assert fault.endswith("of table record points to a row of payload that is not there.")


def test_last_export_is_none_before_the_first_export(opened: Store):
    assert opened.last_export() is None


def test_last_export_is_that_of_a_target_or_of_any(opened: Store):
    for number, target in enumerate(("crossref", "lines")):
        opened.plan_batch(target, target, 20250301120000000, "1", [], NOW)
        opened.mark_exported(target, f"exports/{target}", SHA, 1, NOW + timedelta(days=number))
    assert opened.last_export("crossref") == NOW
    assert opened.last_export("lines") == opened.last_export() == NOW + timedelta(days=1)
    assert opened.last_export("other") is None
