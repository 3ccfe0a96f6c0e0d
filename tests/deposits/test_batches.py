from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from harvester.deposits.batches import Batches, timestamp
from harvester.store.store import Store
from tests.deposits.conftest import NOW, Opened, names
from tests.store.samples import article, article_to_save


@pytest.mark.parametrize(
    ("moment", "digits"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 678_999, UTC), 20260102030405678),
        (datetime(2026, 1, 2, 3, 4, 5, 0, UTC), 20260102030405000),
        (datetime(2026, 1, 1, 23, 4, 5, 6_000, timezone(timedelta(hours=-4))), 20260102030405006),
    ],
)
def test_a_timestamp_has_17_digits_in_utc(moment: datetime, digits: int):
    assert timestamp(moment) == digits


CONFIGURED = ("wetlands",)


def batches(store: Store, *, dry_run: bool = False) -> Batches:
    return Batches(store, "crossref", "5.5.0", now=lambda: NOW, dry_run=dry_run)


def test_a_planned_batch_is_in_the_ledger_until_it_is_marked(ready: Opened):
    planned = batches(ready.store).plan(ready.articles)
    assert planned.id == f"10.5555-{planned.timestamp}"
    assert [one.counts_by_kind["titles"] for one in planned.members] == [1, 1, 1]
    ((left, articles),) = batches(ready.store).unfinished(CONFIGURED)
    assert (left.id, left.timestamp, names(articles)) == (planned.id, planned.timestamp, names(ready.articles))
    batches(ready.store).mark(planned, Path("exports/b.xml"), b"<b/>")
    assert list(batches(ready.store).unfinished(CONFIGURED)) == []
    assert list(ready.store.ready.pending("crossref")) == []


def test_an_unfinished_batch_whose_articles_have_changed_is_abandoned(ready: Opened):
    batches(ready.store).plan(ready.articles)
    ready.store.articles.save([article_to_save(2, article(2, "corrected"))])
    assert list(batches(ready.store).unfinished(CONFIGURED)) == []
    assert ready.store.ledger.planned("crossref") == ()


def test_an_unfinished_batch_of_a_source_that_is_not_configured_any_more_is_abandoned(ready: Opened):
    batches(ready.store).plan(ready.articles)
    assert list(batches(ready.store).unfinished(["fens"])) == []
    assert ready.store.ledger.planned("crossref") == ()


def test_ids_and_timestamps_rise_though_the_clock_stands(ready: Opened):
    planning = batches(ready.store)
    planned = [planning.plan(ready.articles) for _ in range(3)]
    planned.append(batches(ready.store).plan(ready.articles))
    assert [one.timestamp - timestamp(NOW) for one in planned] == [0, 1, 2, 3]


def test_a_dry_run_leaves_the_ledger_as_it_is(ready: Opened):
    batches(ready.store).plan(ready.articles)
    before = ready.store.ledger.planned("crossref")
    dry = batches(ready.store, dry_run=True)
    given = [dry.plan(ready.articles) for _ in range(2)]
    dry.abandon(given[0])
    assert [one.timestamp - timestamp(NOW) for one in given] == [1, 2]
    assert list(dry.unfinished(CONFIGURED)) == []
    assert ready.store.ledger.planned("crossref") == before
