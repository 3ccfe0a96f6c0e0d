"""The shape of a list of findings."""

from __future__ import annotations

import pytest

from harvester.checking.grouped import FindingGroups
from harvester.cli.findings_list import print_findings
from harvester.reports import RecordFinding


def finding(number: int, value: str, path: str, message: str) -> RecordFinding:
    return RecordFinding(
        code="issn-media-unknown", severity="error", record=f"oai:x:{number}", source="lamps", doi=None,
        path=path, value=value, message=message, fix="Write it there.", who="configuration",
        title=f"Title of oai:x:{number}", link="https://x/1",
    )  # fmt: skip


@pytest.fixture
def printed(capsys):
    """Prints these findings, and returns the lines."""

    def print_(*findings: RecordFinding) -> list[str]:
        grouped = FindingGroups()
        list(grouped.counting(findings))
        print_findings(grouped.groups())
        return [line.strip() for line in capsys.readouterr().out.splitlines()]

    return print_


def test_the_sentence_comes_first_then_the_remedy_then_titles_and_the_code(printed):
    assert printed(finding(1, "2049-3630", "journal.issns[0]", "Is 2049-3630 print?")) == [
        "error    Is 2049-3630 print?",
        "1 record",
        "To do: Write it there. (Who: you, in config.toml.)",
        "- Title of oai:x:1 (oai:x:1)",
        "https://x/1",
        "Code: issn-media-unknown",
        "",
    ]


def test_different_values_are_named_with_their_numbers(printed):
    values = ["2049-3630"] * 3 + ["1234-5679"]
    lines = printed(*(finding(n, value, "journal.issns[0]", f"Is {value}?") for n, value in enumerate(values)))
    assert lines[0].startswith("error    ")
    assert "…" in lines[0]
    assert lines[1] == "2 ISSNs in 4 records: 2049-3630 (3), 1234-5679 (1)"
    assert lines.count("Is 2049-3630?") == 3
    assert "and 1 more: harvester check --code issn-media-unknown --csv" in lines


@pytest.mark.parametrize(
    ("path", "extent"),
    [
        ("contributors[2].orcid", "5 ORCID iDs in 6 records: v0 (2), v1 (1), v2 (1) and 2 others"),
        ("doi", "5 DOIs in 6 records: v0 (2), v1 (1), v2 (1) and 2 others"),
        ("", "5 values in 6 records: v0 (2), v1 (1), v2 (1) and 2 others"),
        ("references[3].url", "5 addresses in 6 records: v0 (2), v1 (1), v2 (1) and 2 others"),
    ],
)
def test_values_are_called_by_what_they_are(printed, path, extent):
    assert printed(*(finding(n, f"v{n % 5}", path, f"v{n % 5}?") for n in range(6)))[1] == extent


def test_several_findings_in_one_record(printed):
    assert printed(*(finding(1, "", "", "Wrong.") for _ in range(3)))[1] == "3 times in 1 record"


def test_values_that_occur_once_each_are_only_counted(printed):
    assert printed(*(finding(n, f"10.1/{n}", "doi", f"{n}?") for n in range(5)))[1] == "5 DOIs in 5 records"
