"""Titles, ISSNs and DOI prefixes against the agency's own records."""

from __future__ import annotations

from typing import Any

import pytest

from harvester.crossref.client.titles import TitleRecord
from harvester.findings import remedy, sentence
from harvester.registration.online_rules import of_journal, of_prefix

BOTH = ("0000-0108", "0000-0116")


def record(title: str = "Journal of Lamps", issns: tuple[str, ...] = BOTH) -> TitleRecord:
    return TitleRecord(title=title, issns=issns)


JOURNALS: list[tuple[list[TitleRecord], list[tuple[str, str]]]] = [
    ([record()], []),
    ([record(), record()], []),  # each of its ISSNs names the same record
    ([], [("crossref-journal-new", "0000-0108, 0000-0116")]),
    ([record("Journal of lamps")], [("crossref-title-differs", "Journal of Lamps")]),
    ([record("Journal of Lamps.")], [("crossref-title-differs", "Journal of Lamps")]),
    ([record(issns=BOTH[:1])], [("crossref-issn-differs", "0000-0116")]),
    (
        [record("Lamps", BOTH[:1])],
        [("crossref-title-differs", "Journal of Lamps"), ("crossref-issn-differs", "0000-0116")],
    ),
    ([record("A", BOTH[:1]), record("B", BOTH[1:])], [("crossref-issns-apart", "0000-0108, 0000-0116")]),
]


@pytest.mark.parametrize(("records", "expected"), JOURNALS)
def test_a_journal_is_compared_letter_by_letter(records: list[TitleRecord], expected: list[tuple[str, str]]):
    found = list(of_journal("Journal of Lamps", BOTH, records))
    assert [(one.code, one.value) for one in found] == expected


def test_a_title_that_differs_comes_with_the_line_to_add():
    (found,) = of_journal("Journal of Lamps", BOTH, [record("Lamps “new”")])
    assert 'title = "Lamps “new”" under [journals."0000-0108"]' in remedy(found, "", "0000-0108")
    assert "Lamps “new”" in sentence(found)


@pytest.mark.parametrize(
    ("agency", "is_known", "expected"),
    [
        ("Crossref", True, []),
        (None, True, []),
        ("Crossref", False, ["prefix-not-registered"]),
        (None, False, ["prefix-not-registered"]),
        ("DataCite", False, ["prefix-other-agency"]),
        ("DataCite", True, ["prefix-other-agency"]),
    ],
)
def test_a_prefix_of_another_agency(agency: Any, is_known: bool, expected: list[str]):
    assert [one.code for one in of_prefix("10.5555", agency, is_known)] == expected
