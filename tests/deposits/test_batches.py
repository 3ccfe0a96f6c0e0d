from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from harvester.deposits.batches import Batches, above, timestamp
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


@pytest.mark.parametrize(
    ("floor", "version"),
    [
        (20991231000000000, 20991231000000001),
        (2016111120041199000, timestamp(NOW) * 100),
        (timestamp(NOW) * 100 + 5, timestamp(NOW) * 100 + 6),
        (10**17, timestamp(NOW) * 100),
    ],
)
def test_a_version_is_above_its_floor(floor: int, version: int):
    assert above(floor, NOW) == version


def test_dois_with_a_floor_get_files_of_their_own(ready: Opened):
    floors = {
        "10.5555/reeds.1": 2016111120041199000,
        "10.5555/reeds.2": 2**63,
        "10.5555/reeds.3": timestamp(NOW) - 1,
    }
    raise_floors_of(ready.store, floors)
    planning = batches(ready.store)
    groups = list(planning.by_floor(ready.articles))
    assert [([one.doi for one in group], floor) for group, floor in groups] == [
        (["10.5555/Reeds.3"], 0),
        (["10.5555/Reeds.1"], 2016111120041199000),
    ]
    raised = planning.plan(groups[1][0], groups[1][1])
    assert raised.timestamp == timestamp(NOW) * 100
    assert planning.plan(groups[0][0]).timestamp == timestamp(NOW)
    assert ready.store.ledger.last_timestamp() == timestamp(NOW)


def raise_floors_of(store: Store, floors: dict[str, int]) -> None:
    store.ledger.plan("crossref", "old", timestamp(NOW) - 10, "5.5.0", [], NOW)
    store.ledger.mark_exported("old", "/exports/old.xml", "00" * 32, 1, NOW)
    store.submissions.adopt("crossref", "live", NOW)
    (file,) = store.submissions.all("crossref", "live")
    store.submissions.save(file, floors=floors)
