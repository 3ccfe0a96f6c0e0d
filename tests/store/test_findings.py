from __future__ import annotations

from harvester.reports import HeldBack
from harvester.store import FindingRow, Selection
from harvester.store.store import Store
from tests.store.samples import (
    article,
    article_to_save,
    fill,
    finding,
    name,
)

SHA = "ab" * 32


def test_articles_held_back_come_with_the_codes_that_hold_them(opened: Store):
    error, again = finding("error", "doi"), finding("error", "titles")
    fill(
        opened,
        article_to_save(1, findings=(finding("info"), error, again)),
        article_to_save(2),
        article_to_save(3, article(3, doi=None)),
        article_to_save(4, deleted=True, findings=(error,)),
    )
    assert list(opened.findings.held_back()) == [
        HeldBack(record=name(1), source="wetlands", doi="10.5555/Reeds.1", codes=(error.code,)),
        HeldBack(record=name(3), source="wetlands", doi=None, codes=()),
    ]
    assert list(opened.findings.held_back(["fens"])) == []
    assert [one.record for one in opened.findings.held_back((), Selection(dois=("10.5555/reeds.1",)))] == [name(1)]


def test_findings_by_source_code_and_severity(opened: Store):
    error, warning, info = finding("error"), finding("warning", "titles[0]", "eff ect"), finding("info")
    fill(opened, article_to_save(2, findings=(warning, error)), article_to_save(1, findings=(info,)))
    fill(opened, article_to_save(3, source="fens", findings=(error,)), source="fens")
    rows = list(opened.findings.matching())
    assert [(row.source, row.identifier, row.finding) for row in rows] == [
        ("fens", name(3), error),
        ("wetlands", name(1), info),
        ("wetlands", name(2), warning),
        ("wetlands", name(2), error),
    ]
    assert list(opened.findings.matching(["wetlands"], severities=["error"])) == [
        FindingRow(
            "wetlands",
            name(2),
            "10.5555/Reeds.2",
            error,
            "2049-3630",
            title="Growth of Phragmites, Reeds of the delta",
        )
    ]
    assert opened.findings.count() == 4
    assert opened.findings.count(["wetlands"], severities=["error"]) == 1
    assert opened.findings.count(codes=[info.code, warning.code]) == 2
    assert [row.finding for row in opened.findings.matching(codes=[info.code, warning.code])] == [info, warning]
    assert list(opened.findings.matching(codes=[info.code], severities=["error"])) == []
