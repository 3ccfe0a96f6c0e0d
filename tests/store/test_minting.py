from __future__ import annotations

import pytest

from harvester.errors import DoiTaken
from harvester.model import Finding
from harvester.store import ArticleToSave, Selection
from harvester.store.store import Store
from tests.store.samples import article, article_to_save, fill, finding, name
from tests.store.test_ledger import export, member

ALL = Selection()


@pytest.fixture
def filled(opened: Store) -> Store:
    fill(opened, *(article_to_save(n) for n in range(1, 4)))
    return opened


def planned(number: int, doi: str, *findings: Finding, source: str = "wetlands") -> ArticleToSave:
    """An article without a DOI, for which this one is planned."""
    content = article(number, f"part {number}", doi=None)
    plan = Finding("doi-planned", "doi", doi)
    return article_to_save(number, content, findings=(plan, *findings), source=source)


def codes(opened: Store, number: int, source: str = "wetlands") -> list[str]:
    (found,) = opened.articles.find(name(number), source)
    return [each.code for each in found.findings]


def test_doi_is_minted_once_and_for_ever(filled: Store):
    assert (filled.minting.minted("wetlands", name(9)), filled.minting.has_minted("wetlands")) == (None, False)
    filled.minting.mint("wetlands", name(9), "10.5555/New.9")
    filled.minting.mint("wetlands", name(9), "10.5555/New.9")
    assert filled.minting.minted("wetlands", name(9)) == "10.5555/New.9"
    with pytest.raises(DoiTaken, match=r"was given the DOI 10\.5555/New\.9"):
        filled.minting.mint("wetlands", name(9), "10.5555/other")
    assert filled.minting.minted("wetlands", name(9)) == "10.5555/New.9"
    assert (filled.minting.has_minted("wetlands"), filled.minting.has_minted("fens")) == (True, False)


def test_doi_in_use_is_never_minted(filled: Store):
    filled.minting.mint("wetlands", name(9), "10.5555/New.9")
    filled.articles.save([article_to_save(2, deleted=True)])
    export(filled, "b1", member(filled, 3))
    filled.articles.save([article_to_save(3, article(3, doi="10.5555/moved.3"))])
    for taken in ("10.5555/reeds.1", "10.5555/REEDS.2", "10.5555/reeds.3", "10.5555/new.9"):
        with pytest.raises(DoiTaken, match="is in use by"):
            filled.minting.mint("wetlands", name(8), taken)
    assert filled.minting.minted("wetlands", name(8)) is None


def test_record_can_be_minted_its_own_doi(filled: Store):
    filled.minting.mint("wetlands", name(1), "10.5555/Reeds.1")
    assert filled.minting.minted("wetlands", name(1)) == "10.5555/Reeds.1"


def test_planned_dois_are_assigned_when_that_is_requested(filled: Store):
    fill(filled, planned(5, "10.5555/v1.5"), planned(6, "10.5555/v1.6"), planned(7, "10.5555/v1.7", finding("error")))
    filled.minting.refresh_planned_dois(["wetlands"])
    assert [one.doi for one in filled.minting.planned_dois((), ALL)] == ["10.5555/v1.5", "10.5555/v1.6"]
    assert filled.minting.minted("wetlands", name(5)) is None
    assert [one.record for one in filled.minting.mint_planned((), Selection(dois=("10.5555/V1.6",)))] == [name(6)]
    assert [one.record for one in filled.minting.mint_planned((), Selection(years=(1999,)))] == []
    assert filled.minting.minted("wetlands", name(6)) == "10.5555/v1.6"
    assert filled.minting.minted("wetlands", name(5)) is None
    assert filled.articles.identifiers("wetlands", not_mapped_with="program 1") == [name(6)]  # to be rebuilt


def test_an_article_that_was_rebuilt_with_a_doi_that_was_taken_back_meanwhile_is_not_saved(filled: Store):
    """`check` rebuilds while another process runs `dois undo`."""
    filled.minting.mint("wetlands", name(5), "10.5555/v1.5")
    states = filled.articles.record_states("wetlands", [name(5), name(6)])
    fill(filled, article_to_save(5, article(5, doi="10.5555/v1.5")))
    filled.minting.undo_minted((), ALL)
    fill(filled, planned(5, "10.5555/v1.5"))
    with_doi = [article_to_save(number, article(number, doi=f"10.5555/v1.{number}")) for number in (5, 6)]
    filled.articles.save(with_doi, states)
    assert codes(filled, 5) == ["doi-planned"]
    assert codes(filled, 6) == [], "nothing was minted for it"


@pytest.mark.parametrize("used", ["10.5555/reeds.1", "10.5555/NEW.9", "10.5555/gone.1"])
def test_planned_doi_in_use_is_a_finding_until_it_is_free(filled: Store, used: str):
    filled.minting.mint("wetlands", name(9), "10.5555/new.9")
    fill(filled, article_to_save(4, article(4, doi="10.5555/gone.1")))
    export(filled, "b1", member(filled, 4))
    filled.articles.save([article_to_save(4, article(4, doi="10.5555/other"))])
    fill(filled, planned(5, used))
    filled.minting.refresh_planned_dois(["wetlands"])
    assert codes(filled, 5) == ["doi-mint-taken"]
    assert filled.minting.planned_dois((), ALL) == filled.minting.mint_planned((), ALL) == []
    filled.articles.save([planned(5, "10.5555/free")])
    filled.minting.refresh_planned_dois(["wetlands"])
    assert codes(filled, 5) == ["doi-planned"]


def test_different_articles_with_one_planned_doi_get_none(filled: Store):
    fill(filled, planned(5, "10.5555/v1"), planned(6, "10.5555/V1"), planned(7, "10.5555/v1", finding("error")))
    filled.minting.refresh_planned_dois(["wetlands"])
    assert [codes(filled, number)[0] for number in (5, 6, 7)] == ["doi-mint-taken", "doi-mint-taken", "doi-planned"]
    filled.articles.save([planned(6, "10.5555/v2")])
    filled.minting.refresh_planned_dois(["wetlands"])
    assert [codes(filled, number) for number in (5, 6)] == [["doi-planned"], ["doi-planned"]]


def test_of_equal_articles_the_first_gets_the_doi(filled: Store):
    fill(filled, planned(5, "10.5555/v1"))
    fill(filled, planned(5, "10.5555/v1", source="fens"), source="fens")
    filled.minting.refresh_planned_dois(["wetlands", "fens"])
    assert (codes(filled, 5, "fens"), codes(filled, 5)) == (["doi-planned"], ["doi-mint-taken"])


def test_page_stored_in_between_keeps_its_doi(filled: Store):
    fill(filled, planned(5, "10.5555/v1.5"))
    filled.minting.refresh_planned_dois(["wetlands"])
    fill(filled, article_to_save(6, article(6, doi="10.5555/v1.5")))
    assert filled.minting.mint_planned((), ALL) == []


def test_minted_dois_are_taken_back_unless_they_are_in_a_file(filled: Store):
    for number in (1, 2):
        filled.minting.mint("wetlands", name(number), f"10.5555/reeds.{number}")
    export(filled, "b1", member(filled, 1))
    assert [(one.doi, one.file) for one in filled.minting.minted_dois()] == [
        ("10.5555/reeds.1", "exports/b1.xml"),
        ("10.5555/reeds.2", None),
    ]
    assert [one.record for one in filled.minting.undo_minted((), ALL)] == [name(2)]
    assert filled.minting.minted("wetlands", name(2)) is None
    assert filled.minting.undo_minted((), ALL) == []
