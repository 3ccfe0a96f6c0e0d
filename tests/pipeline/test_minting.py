"""DOIs that the journal's pattern gives: once, for ever, and never one that is in use."""

from __future__ import annotations

import pytest

from tests.providers.press import ISSN, Press, doi, dois, manifest

SEED = "{prefix}/{issn}-{year}-{volume}-{issue}-{first_page}-{last_page}"
FIRST = f"10.5555/{ISSN}-2024-3-1-10-19"


def pattern(text: str, *, mint: bool = True) -> str:
    """The journal's table goes on with the form of its DOIs."""
    return f'[journals."{ISSN}".doi]\npattern = "{text}"\nprefix = "10.5555"\nmint = {str(mint).lower()}\n'


@pytest.fixture
def minting(press: Press) -> Press:
    """Article 1 has no DOI; the journal gives them in the seed's form."""
    press.configure(pattern(SEED))
    press.correct(1, doi=None)
    press.harvest()
    return press


def test_a_record_without_a_doi_is_given_one_on_arrival(minting: Press):
    assert minting.one(1).doi == FIRST
    assert "doi-missing" not in minting.codes(1)
    article = minting.one(1).article
    assert article is not None
    assert article.provenance["doi"] == "minted by the journal's pattern"
    report = minting.export()
    assert FIRST in dois(report)
    assert FIRST in [one["doi"] for file in report.files for one in manifest(file.path)["records"]]


def test_it_stays_when_the_record_changes(minting: Press):
    minting.export()
    minting.correct(1, doi=None, pages="100-109", title={"en": "On lamps, moved"})
    minting.harvest()
    assert minting.one(1).doi == FIRST
    assert dois(minting.export()) == [FIRST]
    assert "doi-pattern-mismatch" in minting.codes(1)


@pytest.mark.parametrize("table", [pattern("{prefix}/lamps.v{volume}.{first_page}"), pattern(SEED, mint=False), ""])
def test_it_stays_when_the_pattern_changes_or_minting_ends(minting: Press, table):
    minting.export()
    minting.configure(table)
    minting.correct(1, doi=None, title={"en": "On lamps, corrected"})
    minting.correct(9, doi=None)
    assert dois(minting.export()) == []
    assert minting.one(1).doi == FIRST
    minting.harvest()
    assert FIRST in dois(minting.export())
    assert (minting.one(9).doi is None) is ("mint = true" not in table)


def test_it_stays_when_the_record_is_withdrawn_and_comes_back(minting: Press):
    minting.withdraw(1)
    minting.harvest()
    minting.correct(8, doi=None, pages="10-19")  # the same place in the same issue
    minting.harvest()
    assert "doi-mint-taken" in minting.codes(8)
    minting.correct(1, doi=None)
    minting.harvest()
    assert minting.one(1).doi == FIRST


def test_the_source_has_the_last_word(minting: Press):
    minting.correct(1)
    minting.harvest()
    assert minting.one(1).doi == doi(1)


def test_nothing_is_given_where_minting_is_off(press: Press):
    press.configure(pattern(SEED, mint=False))
    press.correct(1, doi=None)
    press.harvest()
    assert press.one(1).doi is None
    assert [one.codes for one in press.export().held_back] == [("doi-missing",)]
    press.configure(pattern(SEED))
    assert FIRST in dois(press.export())


def test_a_doi_in_use_is_not_given(press: Press):
    press.configure(pattern(SEED))
    press.correct(2, doi=FIRST)
    press.harvest()
    press.correct(1, doi=None)
    press.harvest()
    assert {"doi-missing", "doi-mint-taken"} <= press.codes(1)
    assert [one.codes for one in press.export().held_back] == [("doi-missing",)]


def test_two_records_of_one_page_are_not_given_the_same(press: Press):
    press.configure(pattern("{prefix}/lamps.{year}.{volume}"))
    for number in (1, 2, 3):
        press.correct(number, doi=None)
    press.harvest()
    assert [press.one(number).doi for number in (1, 2, 3)] == ["10.5555/lamps.2024.3", None, None]
    assert len(press.said("doi-mint-taken")) == 2
    press.configure(pattern(SEED))  # the pattern is mended
    assert len(dois(press.export())) == 3
    assert press.one(1).doi == "10.5555/lamps.2024.3"


def test_a_record_that_something_else_holds_is_given_none(press: Press):
    press.configure(pattern(SEED))
    press.correct(1, doi=None, title={})
    press.harvest()
    assert press.one(1).doi is None
    assert {"doi-missing", "title-missing"} <= press.codes(1)
    press.correct(1, doi=None)
    press.harvest()
    assert press.one(1).doi == FIRST


def test_nor_one_that_lacks_a_value_of_the_pattern(press: Press):
    press.configure(pattern(SEED))
    press.correct(1, doi=None, pages=None)
    press.harvest()
    assert press.one(1).doi is None


def test_the_same_doi_is_not_given_in_two_sources(press: Press):
    press.mirrored("\n" + pattern(SEED))
    press.correct(1, doi=None)
    press.mirror.put(press.repository.records[0])
    press.harvest()
    given = [press.one(1, source).doi for source in ("journal", "mirror")]
    assert sorted(given, key=str) == [FIRST, None]
    press.export()


def test_a_doi_of_another_form_is_said(press: Press):
    press.configure(pattern(SEED, mint=False))
    press.correct(1, doi=FIRST)
    press.harvest()
    assert press.said("doi-pattern-mismatch") == [("journal", "2"), ("journal", "3")]
    (said, _) = press.bench.check(codes=["doi-pattern-mismatch"])
    assert f"10.5555/{ISSN}-2024-3-1-20-29" in said.message
