"""A process that is killed at any moment leaves a store that can be opened and in which the next run resumes."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harvester import store
from harvester.model import RawRecord, Token
from harvester.store import PageToSave, RecordToSave, Run
from harvester.store.store import Store
from tests.store import samples
from tests.store.samples import NOW, WINDOW, article_to_save, finding, name, raw, save_page, tombstone

pytestmark = pytest.mark.slow

PAGES, PER_PAGE = 60, 20
BATCHES = 60


def in_child(work: Callable[[], None]) -> int:
    """Starts the work in a process of its own and returns its process id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def until_done(work: Callable[[], None], seed: int) -> int:
    """Repeats the work, killed at a random moment each time, until it ends by itself; returns the number of kills."""
    chance = random.Random(seed)
    for kills in range(500):
        child = in_child(work)
        time.sleep(chance.uniform(0, 0.05 + kills / 1000))  # longer each time, for busy machines
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            return kills
    raise AssertionError("it never got to the end")


def provider(number: int) -> list[RawRecord]:
    """A page of a provider that lists some records again later, changed or deleted."""
    numbers = range(number * PER_PAGE, (number + 1) * PER_PAGE)
    fresh = [raw(n) for n in numbers]
    if number % 3 == 2:
        return [*fresh, raw(numbers[0] - 5, "second"), tombstone(numbers[0] - 6)]
    return fresh


def to_save(opened: Store, record: RawRecord) -> RecordToSave:
    stored = opened.records.stored("wetlands", "oai_dc", [record.identifier])
    return RecordToSave(record, "deleted" if record.deleted else "changed" if stored else "new")


def harvest(url: str) -> None:
    """A harvest that resumes an interrupted run after its last page, as the program does."""
    with store.connect(url) as opened:
        run: Run | None = opened.runs.last_complete("wetlands", "oai_dc")
        if run is not None:
            return
        run = opened.runs.resumable("wetlands", "oai_dc")
        run = run or opened.runs.begin("wetlands", "oai_dc", "full", [WINDOW], NOW)
        window = run.windows[0]
        start = PAGES if window.state == "done" else int(window.token.value) if window.token else 0
        for number in range(start, PAGES):
            token = Token(str(number + 1)) if number + 1 < PAGES else None
            save_page(opened, run.id, window.id, page_of(opened, number), token=token)
        opened.runs.finish(run.id, "complete", NOW)


def page_of(opened: Store, number: int) -> PageToSave:
    records = [to_save(opened, record) for record in provider(number)]
    articles = [
        article_to_save(int(s.raw.identifier[-4:]), deleted=s.raw.deleted, findings=(finding("warning"),))
        for s in records
    ]
    return PageToSave(
        records=tuple(records),
        articles=tuple(articles),
        response_date=f"2025-03-01T12:00:{number:02}Z",
    )


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_harvest_killed_repeatedly_ends_with_the_same_store(tmp_path: Path, seed: int):
    (tmp_path / "quiet").mkdir()
    harvest(samples.url(tmp_path / "quiet"))
    disturbed = samples.url(tmp_path / "killed")
    kills = until_done(lambda: harvest(disturbed), seed)
    assert kills >= 5
    with store.connect(disturbed) as opened:
        assert opened.check_integrity(deep=True) == []
        assert opened.records.earlier_versions("wetlands", name(35), "oai_dc") == [raw(35)]
    assert dump(tmp_path / "killed" / "store.sqlite") == dump(tmp_path / "quiet" / "store.sqlite")


def test_batch_timestamp_is_never_assigned_twice(tmp_path: Path):
    url, said = samples.url(tmp_path), tmp_path / "given"

    def export() -> None:
        with store.connect(url) as opened, said.open("ab", buffering=0) as out:
            for batch in opened.ledger.planned("crossref"):
                opened.ledger.mark_exported(batch.id, f"{batch.id}.xml", "ab" * 32, 1, NOW)
            for _ in range(BATCHES):
                count = sum(1 for _ in said.open("rb"))
                if count >= BATCHES:
                    return
                given = opened.ledger.plan("crossref", os.urandom(8).hex(), 20250301120000000, "5.5.0", [], NOW)
                out.write(b"%d\n" % given)

    assert until_done(export, seed=3) >= 1
    given = [int(line) for line in said.read_text().split()]
    assert given == sorted(set(given))
    assert len(given) == BATCHES
