"""The journal: its title, and valid ISSNs of known media."""

import pytest

from harvester.model import Issn, LangText
from harvester.rules import journal
from tests.rules.samples import CONFIGURED, POLICY, findings_of, with_journal

PRINT, ONLINE = Issn("0317-8471", "print"), Issn("1050-124X", "electronic")


def titled(*titles):
    return with_journal(titles=tuple(LangText((title,)) for title in titles))


def numbered(*issns):
    return with_journal(issns=issns)


BAD = [
    ("journal-title-missing", "journal.titles", with_journal(titles=())),
    ("journal-title-missing", "journal.titles", titled("—")),
    ("journal-title-differs", "journal.titles[0]", titled("Annals of Invention")),
    ("issn-missing", "journal.issns", numbered()),
    ("issn-check-digit", "journal.issns[0]", numbered(Issn("2076-7405", "print"))),
    ("issn-check-digit", "journal.issns[1]", numbered(PRINT, Issn("1050124X", "electronic"))),  # not in canonical form
    ("issn-media-unknown", "journal.issns[0]", numbered(Issn("2076-7404"))),
    ("issn-media-conflict", "journal.issns[0]", numbered(Issn("0317-8471", "electronic"))),
    ("issn-media-conflict", "journal.issns[1]", numbered(PRINT, Issn("1050-124X", "print"))),
]
GOOD = [
    titled("Анналы", "ANNALS of Invented Results."),
    titled("—", "Annals of Invented Results"),
    numbered(PRINT),
    numbered(ONLINE, PRINT),
    numbered(PRINT, Issn("2076-7404", "print")),  # an ISSN that is not configured
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_what_is_wrong_with_a_journal_is_found(code, path, faulty):
    assert (code, path) in findings_of(journal.RULES, faulty)


@pytest.mark.parametrize("good", GOOD)
def test_a_journal_that_only_looks_wrong_passes(good):
    assert findings_of(journal.RULES, good) == []


def test_a_journal_that_is_not_configured_may_have_any_title_and_medium():
    other = with_journal(titles=(LangText(("Other",)),), issns=(Issn("0317-8471", "electronic"),))
    assert findings_of(journal.RULES, other, POLICY) == []


def test_an_unknown_medium_conflicts_with_nothing():
    assert findings_of(journal.RULES, numbered(Issn("0317-8471"))) == [("issn-media-unknown", "journal.issns[0]")]


def test_the_configured_title_is_shown():
    [finding] = journal.title_matches_the_configuration(titled("Annals of Invention", "Анналы"), CONFIGURED)
    assert (finding.value, finding.detail) == ("Annals of Invention", {"configured": "Annals of Invented Results"})


def test_both_media_are_shown():
    [finding] = journal.issn_media_match_the_configuration(numbered(Issn("0317-8471", "electronic")), CONFIGURED)
    assert (finding.value, finding.detail) == ("0317-8471", {"medium": "electronic", "configured": "print"})
