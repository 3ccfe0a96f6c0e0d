"""The configured journal of a record: by ISSN, set, source or title (mapping D4)."""

from __future__ import annotations

import pytest

from harvester.journals import assigned_issn, find, letters
from harvester.model import Hints, Issn, Journal, JournalFacts, LangText

LAMPS = JournalFacts(title="Lamp Letters", other_titles=("Lampenbriefe",), issn_print="2049-3630")
TIDES = JournalFacts(title="Tides; a Review", issn_print="0317-8471", issn_electronic="1050-124X")
JOURNALS = {"2049-3630": LAMPS, "0317-8471": TIDES, "1050-124X": TIDES}


def journal(title: str | None = None, *issns: str) -> Journal:
    return Journal(titles=(LangText((title,)),) if title else (), issns=tuple(map(Issn, issns)))


def found(title: str | None = None, *issns: str, sets: str = "", **hints: object) -> str | None:
    return find(journal(title, *issns), sets.split(), Hints(journals=JOURNALS, **hints)).issn  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "title", ["Lamp Letters", "lamp letters", "Lamp  Letters.", "Lampenbriefe", "LAMP LETTERS", "“Lamp” Letters"]
)
def test_a_title_of_the_configuration_names_the_journal(title):
    assert found(title) == "2049-3630"


@pytest.mark.parametrize("title", [None, "Lamp Letters B", "Letters", "The Lamp Letters", "Tides"])
def test_a_title_that_only_resembles_one_names_none(title):
    assert found(title) is None


def test_an_issn_of_the_record_decides():
    assert found("Lamp Letters", "1050-124X", journal="2049-3630") == "1050-124X"


def test_an_issn_that_is_not_configured_is_not_replaced():
    assert find(journal("Lamp Letters", "2168-5096"), (), Hints(journals=JOURNALS)) == (None, None)
    hints = Hints(journals=JOURNALS, journal="2049-3630")
    assert find(journal(None, "2168-5096"), (), hints).contradiction == ("2168-5096", "2049-3630")


@pytest.mark.parametrize(
    ("sets", "issn"),
    [
        ("lamps", "2049-3630"),
        ("lamps:ART", "2049-3630"),
        ("driver lamps:ART lamps", "2049-3630"),
        ("lamps:tides", "1050-124X"),  # the smaller set decides
        ("lamps tides", None),  # in sets of two journals
        ("lamps:tides tides", "1050-124X"),  # two ISSNs of one journal
        ("lampshades", "0317-8471"),
        ("", "0317-8471"),
    ],
)
def test_the_set_decides_before_the_source(sets, issn):
    assigned = {"lamps": "2049-3630", "lamps:tides": "1050-124X", "tides": "0317-8471"}
    hints = Hints(journals=JOURNALS, journal="0317-8471", set_journals=assigned)
    assert assigned_issn(sets.split(), hints) == issn


def test_a_title_of_another_journal_contradicts_the_source():
    hints = Hints(journals=JOURNALS, journal="2049-3630")
    assert find(journal("Tides; a Review"), (), hints).contradiction == ("Tides; a Review", "2049-3630")
    assert find(journal("Tide Tables"), (), hints).issn == "2049-3630"  # a rule compares it with the configured title


def test_a_title_of_two_journals_names_neither():
    twins = {"2049-3630": JournalFacts(title="Annals"), "0317-8471": JournalFacts(title="Annals")}
    assert find(journal("Annals"), (), Hints(journals=twins)).issn is None


def test_letters_ignore_case_and_signs():
    assert letters("Tides & Lamps – B") == "tideslampsb"
