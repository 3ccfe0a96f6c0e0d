from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from harvester import store
from harvester.article_rows import to_row
from harvester.errors import StoreError
from harvester.store import BatchMember
from harvester.store.store import Store
from tests.store import samples
from tests.store.samples import NOW, article, article_to_save, fill, last_deposit, name

STAMP = 20250301120000000
SHA = "ab" * 32


def member(opened: Store, number: int = 1) -> BatchMember:
    (found,) = opened.articles.find(name(number))
    assert found.doi is not None
    assert found.fingerprint is not None
    return BatchMember(found.id, found.doi, found.fingerprint)


@pytest.fixture
def filled(opened: Store) -> Store:
    fill(opened, *(article_to_save(n) for n in range(1, 4)))
    return opened


def export(opened: Store, batch_id: str, *members: BatchMember) -> int:
    timestamp = opened.ledger.plan("crossref", batch_id, STAMP, "5.5.0", members, NOW)
    opened.ledger.mark_exported(batch_id, f"exports/{batch_id}.xml", SHA, 99, NOW + timedelta(seconds=1))
    return timestamp


def test_batch_is_saved_before_it_is_built(filled: Store):
    members = (member(filled, 2), member(filled, 1))
    assert filled.ledger.plan("crossref", "b1", STAMP, "5.4.0", members, NOW) == STAMP
    (planned,) = filled.ledger.planned("crossref")
    assert (planned.id, planned.timestamp, planned.schema_version, planned.planned) == ("b1", STAMP, "5.4.0", NOW)
    assert [(m.article_id, m.fingerprint) for m in planned.members] == [(m.article_id, m.fingerprint) for m in members]
    assert [m.doi for m in planned.members] == ["10.5555/reeds.2", "10.5555/reeds.1"]
    assert last_deposit(filled, "10.5555/reeds.1") is None


def test_written_batch_is_the_last_deposit_of_its_dois(filled: Store):
    export(filled, "b1", member(filled, 1))
    assert filled.ledger.planned("crossref") == ()
    deposit = last_deposit(filled, "10.5555/REEDS.1")
    assert deposit is not None
    assert (deposit.batch_id, deposit.timestamp, deposit.path) == ("b1", STAMP, "exports/b1.xml")
    assert deposit.fingerprint == to_row(article(1)).fingerprint
    assert deposit.written == NOW + timedelta(seconds=1)
    assert last_deposit(filled, "10.5555/reeds.2") is None


def test_each_target_has_its_own_batches_and_last_deposits(filled: Store):
    export(filled, "b1", member(filled))
    assert filled.ledger.plan("lines", "b2", STAMP, "1", [member(filled)], NOW) == STAMP + 1
    assert [planned.id for planned in filled.ledger.planned("lines")] == ["b2"]
    assert filled.ledger.planned("crossref") == ()
    assert last_deposit(filled, "10.5555/reeds.1", "lines") is None
    filled.ledger.mark_exported("b2", "exports/b2.txt", SHA, 9, NOW)
    found = [last_deposit(filled, "10.5555/reeds.1", target) for target in ("crossref", "lines")]
    assert [one.batch_id for one in found if one] == ["b1", "b2"]


def test_timestamp_increases_when_the_clock_stops_or_goes_back(filled: Store):
    timestamps = [filled.ledger.plan("crossref", f"b{n}", STAMP - n, "5.5.0", [], NOW) for n in range(4)]
    assert timestamps == [STAMP, STAMP + 1, STAMP + 2, STAMP + 3]
    assert (
        filled.ledger.plan("crossref", "later", STAMP + 99, "5.5.0", [], NOW)
        == STAMP + 99
        == filled.ledger.last_timestamp()
    )


@pytest.mark.parametrize("stamp", [20250301120000, 0, -1, 10**17])
def test_timestamp_has_17_digits(filled: Store, stamp):
    with pytest.raises(ValueError, match="17 digits"):
        filled.ledger.plan("crossref", "b1", stamp, "5.5.0", [], NOW)


def test_timestamp_of_an_abandoned_batch_stays_used(filled: Store):
    filled.ledger.plan("crossref", "b1", STAMP, "5.5.0", [member(filled)], NOW)
    filled.ledger.abandon("b1")
    assert filled.ledger.planned("crossref") == ()
    assert last_deposit(filled, "10.5555/reeds.1") is None
    assert export(filled, "b2", member(filled)) == STAMP + 1


def test_batch_id_is_used_once(filled: Store):
    export(filled, "b1", member(filled))
    with pytest.raises(StoreError, match="was used before"):
        filled.ledger.plan("crossref", "b1", STAMP + 5, "5.5.0", [], NOW)


def test_marking_again_changes_nothing_and_with_another_file_is_refused(filled: Store):
    export(filled, "b1", member(filled))
    filled.ledger.mark_exported("b1", "exports/b1.xml", SHA, 99, NOW)
    with pytest.raises(StoreError, match="cannot be written: it is written"):
        filled.ledger.mark_exported("b1", "exports/b1.xml", "cd" * 32, 99, NOW)
    with pytest.raises(StoreError, match="cannot be abandoned: it is written"):
        filled.ledger.abandon("b1")
    with pytest.raises(StoreError, match="it is unknown"):
        filled.ledger.mark_exported("b9", "exports/b9.xml", SHA, 99, NOW)


def test_batch_written_late_does_not_replace_a_later_deposit(filled: Store):
    old = member(filled)
    filled.ledger.plan("crossref", "early", STAMP, "5.5.0", [old], NOW)
    filled.articles.save([article_to_save(1, article(1, "second thoughts"))])
    export(filled, "late", member(filled))
    filled.ledger.mark_exported("early", "exports/early.xml", SHA, 99, NOW)
    deposit = last_deposit(filled, "10.5555/reeds.1")
    assert deposit is not None
    assert deposit.batch_id == "late"


def test_ledger_survives_the_process(url: str):
    with store.connect(url) as one:
        fill(one, article_to_save(1))
        one.ledger.plan("crossref", "b1", STAMP, "5.5.0", [member(one)], NOW)
    with store.connect(url) as two:
        assert [batch.id for batch in two.ledger.planned("crossref")] == ["b1"]
        assert two.ledger.plan("crossref", "b2", STAMP - 7, "5.5.0", [], NOW) == STAMP + 1


@settings(max_examples=25, stateful_step_count=20)
class LedgerMachine(RuleBasedStateMachine):
    """Any order of planning, writing, abandoning and reopening, with a clock that may do anything."""

    planned = Bundle("planned")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.timestamps: list[int] = []
        self.written: dict[str, int] = {}
        self.stack = ExitStack()
        self.open()
        fill(self.store, *(article_to_save(n) for n in range(3)))

    def open(self) -> None:
        self.store = self.stack.enter_context(store.connect(samples.url(Path(self.folder.name))))

    @rule(target=planned, clock=st.integers(STAMP - 5, STAMP + 20), number=st.integers(0, 2))
    def plan(self, clock: int, number: int) -> str:
        batch_id = f"b{len(self.timestamps)}"
        self.timestamps.append(
            self.store.ledger.plan("crossref", batch_id, clock, "5.5.0", [member(self.store, number)], NOW)
        )
        assert self.timestamps[-1] >= clock
        return batch_id

    @rule(batch_id=consumes(planned))
    def write(self, batch_id: str) -> None:
        (planned,) = [batch for batch in self.store.ledger.planned("crossref") if batch.id == batch_id]
        self.store.ledger.mark_exported(batch_id, f"{batch_id}.xml", SHA, 1, NOW)
        doi = planned.members[0].doi
        self.written[doi] = max(self.written.get(doi, 0), planned.timestamp)

    @rule(batch_id=consumes(planned))
    def abandon(self, batch_id: str) -> None:
        self.store.ledger.abandon(batch_id)

    @rule()
    def reopen(self) -> None:
        self.stack.close()
        self.open()

    @invariant()
    def timestamps_only_rise(self) -> None:
        assert self.timestamps == sorted(set(self.timestamps))

    @invariant()
    def the_last_deposit_has_the_highest_timestamp(self) -> None:
        for doi, timestamp in self.written.items():
            deposit = last_deposit(self.store, doi)
            assert deposit is not None
            assert deposit.timestamp == timestamp

    def teardown(self) -> None:
        self.stack.close()
        self.folder.cleanup()


TestLedgerMachine = pytest.mark.slow(LedgerMachine.TestCase)


def test_last_export_is_none_before_the_first_export(opened: Store):
    assert opened.ledger.last_export() is None


def test_last_export_is_that_of_a_target_or_of_any(opened: Store):
    for number, target in enumerate(("crossref", "lines")):
        opened.ledger.plan(target, target, 20250301120000000, "1", [], NOW)
        opened.ledger.mark_exported(target, f"exports/{target}", SHA, 1, NOW + timedelta(days=number))
    assert opened.ledger.last_export("crossref") == NOW
    assert opened.ledger.last_export("lines") == opened.ledger.last_export() == NOW + timedelta(days=1)
    assert opened.ledger.last_export("other") is None
