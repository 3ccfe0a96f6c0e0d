"""Findings are counted by code, with the first examples and the first different remedies."""

from __future__ import annotations

from harvester.checking.grouped import SHOWN, FindingGroups
from harvester.reports import RecordFinding


def finding(code: str, number: int, fix: str = "Correct it.") -> RecordFinding:
    return RecordFinding(
        code=code, severity="error", record=f"oai:x:{number}", source="lamps", doi=None, path="", value="",
        message="", fix=fix, who="source",
    )  # fmt: skip


def test_findings_pass_and_are_counted():
    findings = [finding("doi-missing", number) for number in range(5)]
    grouped = FindingGroups()
    assert list(grouped.counting(findings)) == findings
    (group,) = grouped.groups()
    assert (group.code, group.count, group.examples) == ("doi-missing", 5, findings[:SHOWN])
    assert (group.fixes, group.has_more_fixes) == (["Correct it."], False)


def test_each_different_remedy_is_shown_once_and_the_first_few_only():
    grouped = FindingGroups()
    for number in range(2 * SHOWN):
        list(grouped.counting([finding("doi-missing", number, f"Correct {number % SHOWN}.")]))
    (group,) = grouped.groups()
    assert (len(group.fixes), group.has_more_fixes) == (SHOWN, False)
    list(grouped.counting([finding("doi-missing", 0, "Correct more.")]))
    assert (len(group.fixes), group.has_more_fixes) == (SHOWN, True)


def test_the_gravest_groups_come_first_and_then_the_largest():
    grouped = FindingGroups()
    codes = ["title-contains-tex", "license-unclear", "url-missing", "doi-missing", "doi-missing", "abstract-empty"]
    list(grouped.counting(finding(code, number) for number, code in enumerate(codes)))
    assert [group.code for group in grouped.groups()] == [
        "doi-missing", "abstract-empty", "url-missing", "title-contains-tex", "license-unclear",
    ]  # fmt: skip


def test_nothing_has_no_groups():
    assert FindingGroups().groups() == []
