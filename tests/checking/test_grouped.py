"""Findings are counted by code, with the first examples and the first different remedies."""

from __future__ import annotations

from harvester.checking.grouped import SHOWN, FindingGroups
from harvester.reports import RecordFinding


def finding(code: str, number: int, fix: str = "Correct it.", value: str = "") -> RecordFinding:
    return RecordFinding(
        code=code, severity="error", record=f"oai:x:{number}", source="lamps", doi=None, path="", value=value,
        message=f"“{value}” is wrong", fix=fix, who="source",
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


def test_different_values_are_counted_and_records_once():
    grouped = FindingGroups()
    pairs = [(1, "a"), (1, "b"), (2, "a"), (3, "a")]
    list(grouped.counting(finding("issn-media-unknown", number, value=value) for number, value in pairs))
    (group,) = grouped.groups()
    assert (group.count, group.records, dict(group.values)) == (4, 3, {"a": 3, "b": 1})
    assert [example.record for example in group.examples] == ["oai:x:1", "oai:x:2", "oai:x:3"]
    assert group.message is None


def test_a_message_that_all_have_is_that_of_the_group():
    grouped = FindingGroups()
    list(grouped.counting(finding("issn-media-unknown", number, value="a") for number in range(3)))
    assert grouped.groups()[0].message == "“a” is wrong"
