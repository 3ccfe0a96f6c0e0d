"""The lines of config.toml that tell the journal of a record without ISSN (mapping D4)."""

from __future__ import annotations

import pytest

from harvester.findings import remedy
from harvester.journals import Found
from harvester.mapping.unknown_journal import issn_findings
from harvester.model import Article, Finding, Hints, Issn, Journal, JournalFacts, LangText

LAMPS = JournalFacts(issn_print="2049-3630", issn_electronic="1050-124X")
ONE = {"2049-3630": LAMPS, "1050-124X": LAMPS}
TWO = {**ONE, "0317-8471": JournalFacts()}
MANY = {**TWO, "2168-5096": JournalFacts(), "1234-5679": JournalFacts()}
TITLED = Article(format="oai_dc", journal=Journal(titles=(LangText(('Lamp "Letters"',)),)))
UNTITLED = Article(format="oai_dc")


def fix(article: Article, sets: str = "", journals: dict[str, JournalFacts] | None = None) -> str:
    [finding] = issn_findings(article, Found(), sets.split(), Hints(journals=journals or {}))
    return remedy(finding, "lamps", None).rpartition("name the journal in config.toml: ")[2]


@pytest.mark.parametrize(
    ("article", "sets", "journals", "line"),
    [
        (UNTITLED, "", ONE, 'add journal = "2049-3630" under [sources.lamps].'),
        (UNTITLED, "a a:b driver", ONE, 'add "a" = "2049-3630" under [sources.lamps.journals].'),
        (UNTITLED, "свет", TWO, 'add "свет" = "ISSN" under [sources.lamps.journals].'),
        (
            TITLED,
            "",
            ONE,
            'add journal = "2049-3630" under [sources.lamps], or other_titles = ["Lamp \\"Letters\\""] under '
            '[journals."2049-3630"].',
        ),
        (
            TITLED,
            "",
            TWO,
            'add journal = "ISSN" under [sources.lamps], or other_titles = ["Lamp \\"Letters\\""] under '
            '[journals."2049-3630"] or [journals."0317-8471"].',
        ),
        (
            TITLED,
            "",
            {},
            'add journal = "ISSN" under [sources.lamps], or a table [journals."ISSN"] with title = "Lamp '
            '\\"Letters\\"".',
        ),
    ],
)
def test_the_fix_has_the_line_with_the_real_values(article, sets, journals, line):
    assert fix(article, sets, journals) == line


def test_another_title_may_be_that_of_a_journal_that_is_not_configured():
    titled = {"2049-3630": JournalFacts(title="Tide Letters")}
    assert fix(TITLED, "lamps", titled) == (
        'if it belongs to [journals."2049-3630"], add "lamps" = "2049-3630" under [sources.lamps.journals], or '
        'other_titles = ["Lamp \\"Letters\\""] under [journals."2049-3630"]. If it is another journal, add a table '
        '[journals."ISSN"] with title = "Lamp \\"Letters\\"".'
    )


def test_a_table_without_a_title_is_the_likely_one():
    titled = {"2049-3630": JournalFacts(title="Tide Letters"), "0317-8471": JournalFacts()}
    assert fix(TITLED, "", titled).startswith('add journal = "0317-8471" under [sources.lamps], or other_titles = [')


def test_many_tables_are_not_listed():
    assert fix(TITLED, "", MANY).endswith('other_titles = ["Lamp \\"Letters\\""] under the table of its journal.')


def test_a_known_journal_needs_nothing():
    known = Article(format="jats", journal=Journal(issns=(Issn("2168-5096"),)))
    assert list(issn_findings(known, Found(), (), Hints())) == []


def test_a_contradiction_names_both_journals():
    [finding] = issn_findings(TITLED, Found(contradiction=("Tides", "2049-3630")), (), Hints(journals=ONE))
    assert finding == Finding("issn-ambiguous", "journal.issns", "Tides", {"assigned": "2049-3630"})
