"""DOIs minted by the journal's pattern: once, for ever, and never one that is in use."""

from __future__ import annotations

import pytest

from harvester import pipeline
from harvester.config import load
from harvester.errors import BusyError
from harvester.store import Selection
from harvester.system import locks
from tests.providers.press import ISSN, Press, article, both, doi, dois, manifest, name

pytestmark = pytest.mark.slow

SEED = "{prefix}/{issn}-{year}-{volume}-{issue}-{first_page}-{last_page}"
FIRST = f"10.5555/{ISSN}-2024-3-1-10-19"


def pattern(text: str, *, mint: bool = True) -> str:
    """The table with the pattern of the journal's DOIs."""
    return f'[journals."{ISSN}".doi]\npattern = "{text}"\nprefix = "10.5555"\nmint = {str(mint).lower()}\n'


@pytest.fixture
def minting(press: Press) -> Press:
    """Article 1 has no DOI, and the journal mints DOIs by the pattern of the seed article."""
    press.configure(pattern(SEED))
    press.correct(1, doi=None)
    press.harvest()
    return press


def test_doi_is_minted_by_export_and_not_before(minting: Press):
    assert minting.one(1).doi is None
    assert minting.one(1).state == "ready"
    assert minting.said("doi-planned") == [("journal", "1")]
    assert FIRST in dois(minting.export(dry_run=True))
    assert minting.one(1).doi is None
    report = minting.export()
    assert [(new.doi, new.record) for new in report.minted] == [(FIRST, name(1))]
    assert FIRST in dois(report)
    assert FIRST in [row["doi"] for file in report.files for row in manifest(file.path)["records"]]
    minted = minting.one(1).article
    assert minted is not None
    assert minted.provenance["doi"] == "minted by the journal's pattern"
    assert minting.said("doi-planned") == []


def test_planned_doi_follows_the_pattern(minting: Press):
    minting.configure(pattern("{prefix}/lamps.{first_page}"))
    assert "10.5555/lamps.10" in dois(minting.export())


def test_only_selected_articles_get_a_doi(minting: Press):
    assert dois(minting.export(dois=[doi(2)])) == [doi(2)]
    assert minting.one(1).doi is None
    assert dois(minting.export(dois=[FIRST])) == [FIRST]


class TestUndo:
    def undo(self, press: Press, *dois: str) -> list[str]:
        with press.bench.opened() as (config, store):
            undone = pipeline.undo_minted(config, store, (), Selection(dois=dois), today="2026-11-24")
        return [one.doi for one in undone]

    def test_doi_in_a_file_stays(self, minting: Press):
        minting.export()
        assert self.undo(minting) == []
        assert minting.one(1).doi == FIRST

    def test_nothing_is_taken_back_while_a_harvest_can_save_it_again(self, minting: Press):
        locks_dir = load(minting.bench.path).locks_dir
        with locks.hold(locks_dir, "source-journal", what="a harvest"), pytest.raises(BusyError, match="a harvest"):
            self.undo(minting)

    def test_doi_that_was_not_deposited_is_taken_back(self, minting: Press):
        with minting.bench.opened() as (config, store):
            store.minting.mint("journal", name(1), FIRST)
            store.articles.mark_stale("journal")
            list(pipeline.check(config, store, today="2026-11-24"))
        assert minting.one(1).doi == FIRST
        assert self.undo(minting, doi(2)) == []
        assert self.undo(minting, FIRST.upper()) == [FIRST]
        assert minting.one(1).doi is None
        minting.configure(pattern("{prefix}/lamps.{first_page}"))
        assert "10.5555/lamps.10" in dois(minting.export())


def test_minted_doi_stays_when_the_record_changes(minting: Press):
    minting.export()
    minting.correct(1, doi=None, pages="100-109", title={"en": "On lamps, moved"})
    minting.harvest()
    assert minting.one(1).doi == FIRST
    assert dois(minting.export()) == [FIRST]
    assert "doi-pattern-mismatch" in minting.codes(1)


@pytest.mark.parametrize("table", [pattern("{prefix}/lamps.v{volume}.{first_page}"), pattern(SEED, mint=False), ""])
def test_minted_doi_stays_when_the_pattern_changes_or_minting_ends(minting: Press, table):
    minting.export()
    minting.configure(table)
    minting.correct(1, doi=None, title={"en": "On lamps, corrected"})
    minting.correct(9, doi=None)
    assert dois(minting.export()) == []
    assert minting.one(1).doi == FIRST
    minting.harvest()
    assert FIRST in dois(minting.export())
    assert (minting.one(9).doi is None) is ("mint = true" not in table)


def test_minted_doi_stays_when_the_record_is_deleted_and_returns(minting: Press):
    minting.export()
    minting.withdraw(1)
    minting.harvest()
    minting.correct(8, doi=None, pages="10-19")  # the same pages in the same issue
    minting.harvest()
    assert "doi-mint-taken" in minting.codes(8)
    minting.correct(1, doi=None)
    minting.harvest()
    assert minting.one(1).doi == FIRST


def test_doi_of_the_source_replaces_the_minted_one(minting: Press):
    minting.correct(1)
    minting.harvest()
    assert minting.one(1).doi == doi(1)


def test_no_doi_is_minted_if_minting_is_off(press: Press):
    press.configure(pattern(SEED, mint=False))
    press.correct(1, doi=None)
    press.harvest()
    assert press.one(1).doi is None
    assert [held.codes for held in press.export().held_back] == [("doi-missing",)]
    press.configure(pattern(SEED))
    assert FIRST in dois(press.export())


def test_doi_in_use_is_not_minted(press: Press):
    press.configure(pattern(SEED))
    press.correct(2, doi=FIRST)
    press.harvest()
    press.correct(1, doi=None)
    press.harvest()
    assert "doi-mint-taken" in press.codes(1)
    assert [held.codes for held in press.export().held_back] == [("doi-mint-taken",)]
    assert "record oai:lamps.example.org:article/2 of journal" in press.bench.check(codes=["doi-mint-taken"])[0].message


def test_records_of_one_page_do_not_get_the_same_doi(press: Press):
    press.configure(pattern("{prefix}/lamps.{year}.{volume}"))
    for number in (1, 2, 3):
        press.correct(number, doi=None)
    press.harvest()
    assert len(press.said("doi-mint-taken")) == 3
    assert dois(press.export()) == []
    press.configure(pattern(SEED))  # the pattern is corrected
    assert len(dois(press.export())) == 3
    assert press.one(1).doi == FIRST


def test_no_doi_is_minted_for_a_record_held_back_for_another_reason(press: Press):
    press.configure(pattern(SEED))
    press.correct(1, doi=None, title={})
    press.harvest()
    assert {"doi-planned", "title-missing"} <= press.codes(1)
    press.export()
    assert press.one(1).doi is None
    press.correct(1, doi=None)
    press.harvest()
    assert dois(press.export()) == [FIRST]


def test_record_whose_doi_is_ambiguous_gets_none(press: Press):
    press.configure(pattern(SEED))
    element = b"<dc:identifier>10.5555/lamps.1</dc:identifier>"
    one = both(article(1))["oai_dc"]
    assert element in one
    press.put(1, {"oai_dc": one.replace(element, element + element.replace(b"lamps.1", b"lamps.77"))})
    press.harvest()
    assert "doi-ambiguous" in press.codes(1)
    assert "doi-planned" not in press.codes(1)


def test_no_doi_is_minted_without_a_value_of_the_pattern(press: Press):
    press.configure(pattern(SEED))
    press.correct(1, doi=None, pages=None)
    press.harvest()
    (finding,) = press.bench.check(codes=["doi-pattern-incomplete"])
    assert "first_page, last_page" in finding.message
    assert [held.codes for held in press.export().held_back] == [("doi-pattern-incomplete",)]


def test_same_doi_is_not_minted_in_two_sources(press: Press):
    press.mirrored("\n" + pattern(SEED))
    press.correct(1, doi=None)
    press.mirror.put(press.repository.records[0])
    press.harvest()
    assert FIRST in dois(press.export())
    minted = [press.one(1, source).doi for source in ("journal", "mirror")]
    assert minted == [FIRST, None]
    press.export()


def test_doi_of_another_form_is_reported(press: Press):
    press.configure(pattern(SEED, mint=False))
    press.correct(1, doi=FIRST)
    press.harvest()
    assert press.said("doi-pattern-mismatch") == [("journal", "2"), ("journal", "3")]
    (finding, _) = press.bench.check(codes=["doi-pattern-mismatch"])
    assert f"10.5555/{ISSN}-2024-3-1-20-29" in finding.message
