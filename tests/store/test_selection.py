"""Which articles a selection means, as a table."""

from __future__ import annotations

import pytest

from harvester.model import Article, Issn, Journal, LangText, PubDate
from harvester.store import Selection
from harvester.store.store import Store
from tests.store.samples import article, article_to_save, fill, name


def dated(*dates: PubDate) -> Article:
    return article(1, dates=dates)


ISSNS = Journal(titles=(LangText(("Fen Letters",)),), issns=(Issn("2049-3630", "print"), Issn("0378-5955", None)))
PLAIN = article(1)
CASES = [
    (PLAIN, Selection(), True),
    (PLAIN, Selection(dois=("10.5555/REEDS.1", "10.5555/other")), True),
    (PLAIN, Selection(dois=("10.5555/reeds",)), False),
    (PLAIN, Selection(journals=("2049-3630",)), True),
    (PLAIN, Selection(journals=("wetland notes",)), True),
    (PLAIN, Selection(journals=("Wetland",)), False),
    (article(1, journal=ISSNS), Selection(journals=("0378-5955",)), True),
    (article(1, journal=Journal()), Selection(journals=("0378-5955",)), False),
    (PLAIN, Selection(years=(2022, 2023)), True),
    (PLAIN, Selection(years=(2024,)), False),
    (PLAIN, Selection(volumes=("7",), issues=("2", "3")), True),
    (PLAIN, Selection(volumes=("7",), issues=("3",)), False),
    (PLAIN, Selection(years=(2023,), journals=("0378-5955",)), False),
    # The first publication decides, and what a date leaves open may be late.
    (dated(PubDate(year=2024, month=3, day=9)), Selection(since="2024-03-09"), True),
    (dated(PubDate(year=2024, month=3, day=9)), Selection(since="2024-03-10"), False),
    (dated(PubDate(year=2024, month=3)), Selection(since="2024-03-31"), True),
    (dated(PubDate(year=2024, month=3)), Selection(since="2024-04-01"), False),
    (dated(PubDate(year=2024)), Selection(since="2024-12-31"), True),
    (dated(PubDate(year=2024, month=21)), Selection(since="2024-12-31"), True),
    (dated(PubDate(year=2024), PubDate(year=2023, month=12)), Selection(since="2024-01-01"), False),
    (dated(), Selection(since="1900-01-01"), False),
]


@pytest.mark.parametrize(("content", "selection", "is_selected"), CASES)
def test_selection(opened: Store, content: Article, selection: Selection, is_selected: bool):
    fill(opened, article_to_save(1, content))
    assert [one.identifier for one in opened.ready.pending("crossref", (), selection)] == [name(1)] * is_selected
    assert opened.articles.has_any((), selection) is is_selected
    assert opened.ready.count((), selection) == is_selected


def test_only_an_empty_selection_is_false():
    assert not Selection()
    assert Selection(since="2024-01-01")
