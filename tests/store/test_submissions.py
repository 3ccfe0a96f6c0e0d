"""Files at the agency, their logs and their history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from harvester import store
from harvester.store import Account, BatchMember, Event, FileLog, Registration, Submission
from harvester.store.store import Store
from tests.store.samples import NOW, article_to_save, fill

FINGERPRINT = "00" * 32
FIRST = 20250301120000000


def write(opened: Store, number: int, *dois: str, raised: bool = False, timestamp: int | None = None) -> str:
    """A written batch with these DOIs."""
    batch_id = f"b{number}"
    members = [BatchMember(None, doi, FINGERPRINT) for doi in dois]
    opened.ledger.plan("crossref", batch_id, timestamp or FIRST + number, "5.5.0", members, NOW, raised=raised)
    opened.ledger.mark_exported(batch_id, f"/exports/{batch_id}.xml", FINGERPRINT, 10, NOW)
    return batch_id


@pytest.fixture
def opened(url: str) -> Iterator[Store]:
    with store.connect(url) as one:
        fill(one, *(article_to_save(number) for number in range(1, 4)))
        write(one, 1, "10.5555/A", "10.5555/b")
        write(one, 2, "10.5555/a")
        yield one


def adopted(opened: Store) -> list[Submission]:
    opened.submissions.adopt("crossref", "live", NOW, fresh=["b2"])
    return opened.submissions.all("crossref", "live")


def registration(doi: str, file: Submission, **changes: object) -> Registration:
    values = {"doi": doi, "target": "crossref", "system": "live", "state": "waiting", "changed": NOW}
    return Registration(**values | {"batch_id": file.batch_id, "timestamp": file.timestamp} | changes)  # type: ignore[arg-type]


def test_written_files_are_adopted_once_and_asked_for_unless_they_are_fresh(opened: Store):
    first, second = adopted(opened)
    assert (first.state, first.asked, first.names, first.next) == ("written", False, ("b1.xml",), NOW)
    assert second.asked
    assert opened.submissions.adopt("crossref", "live", NOW) == 0
    assert opened.submissions.adopt("crossref", "test", NOW) == 2
    assert opened.submissions.get("b1", "test") is not None
    assert opened.submissions.get("b3", "test") is None


def test_a_step_is_stored_whole(opened: Store):
    first, _ = adopted(opened)
    moved = replace(first, state="sent", names=("b1.xml", "b1-2.xml"), accepted=True, next=NOW + timedelta(hours=1))
    log = FileLog(name="b1.xml", received=NOW, raw=b"<log/>" * 50)
    events = [Event(at=NOW, state="sent", words="sent", batch_id="b1"),
              Event(at=NOW, state="waiting", words="waits", batch_id="b1", doi="10.5555/A")]  # fmt: skip
    rows = [registration("10.5555/A", moved, held=2016111120041199000, details={"prefix": "10.5555"})]
    opened.submissions.save(moved, rows, logs=[log], events=events, floors={"10.5555/a": 10**18})
    assert opened.submissions.get("b1", "live") == moved
    assert opened.submissions.logs("b1", "live") == [log]
    assert opened.registrations.of_file("b1", "live") == rows
    assert opened.registrations.floors("crossref", "live", ["10.5555/A"]) == {"10.5555/a": 10**18}
    assert [one.words for one in opened.submissions.history("crossref", "live", batch_id="b1")] == ["sent"]
    assert [one.words for one in opened.submissions.history("crossref", "live", doi="10.5555/a")] == ["sent", "waits"]
    assert opened.submissions.next_moment("crossref", "live") == NOW
    assert [one.batch_id for one in opened.submissions.of_states("crossref", "live", ["sent"])] == ["b1"]


def test_a_file_is_superseded_if_newer_ones_have_all_its_dois(opened: Store):
    assert not opened.submissions.is_superseded("b1")
    write(opened, 3, "10.5555/B")
    assert opened.submissions.is_superseded("b1")
    assert opened.submissions.dois(["b1"]) == {"b1": frozenset({"10.5555/a", "10.5555/b"})}
    assert opened.submissions.versions("b1") == {"10.5555/a": (FIRST + 2,), "10.5555/b": (FIRST + 3,)}


def test_a_discarded_file_takes_its_logs_with_it(opened: Store):
    first, _ = adopted(opened)
    opened.submissions.save(first, logs=[FileLog(name="b1.xml", received=NOW, raw=b"<log/>")])
    opened.ledger.discard("b1")
    assert opened.submissions.get("b1", "live") is None
    assert opened.submissions.logs("b1", "live") == []


def test_logs_survive_pruning(opened: Store):
    first, _ = adopted(opened)
    opened.submissions.save(first, logs=[FileLog(name="b1.xml", received=NOW, raw=b"<log/>")])
    opened.retention.prune(NOW + timedelta(days=1))
    assert [one.raw for one in opened.submissions.logs("b1", "live")] == [b"<log/>"]


def test_the_account_of_a_system(opened: Store):
    assert opened.submissions.account("crossref", "live") is None
    account = Account(target="crossref", system="live", login="x", accepted=NOW)
    opened.submissions.save_account(account)
    stopped = replace(account, stopped=NOW, accepted=None, quiet_until=NOW, failures=2, clock_ahead=-5)
    opened.submissions.save_account(stopped)
    assert opened.submissions.account("crossref", "live") == stopped
    assert opened.submissions.account("crossref", "test") is None
    with opened.overview() as overview:
        assert overview.is_login_refused("crossref", "live")


def test_notes_are_history(opened: Store):
    opened.submissions.note("crossref", "live", [Event(at=NOW, state="refused", words="retry", doi="10.5555/A")])
    assert [one.doi for one in opened.submissions.history("crossref", "live", doi="10.5555/a")] == ["10.5555/a"]
