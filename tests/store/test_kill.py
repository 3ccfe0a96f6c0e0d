"""A process that is killed at any moment leaves a store that can be opened and in which the next run resumes."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from harvester import store
from harvester.model import RawRecord, Token
from harvester.store import PageToSave, RecordToSave, Run
from harvester.store.store import Store
from tests.store.samples import NOW, WINDOW, article_to_save, finding, name, raw, run_sql, save_page, tombstone

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
        time.sleep(chance.uniform(0, 0.05 * 1.03**kills))  # longer each time, for busy machines
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


_ROWS = (  # of every table that a harvest fills, without the numbers that a killed transaction may have used up
    "SELECT * FROM record_count",
    "SELECT * FROM article_count",
    "SELECT source, prefix, kind, state, pages, new, changed, deleted, unchanged FROM run",
    "SELECT since, until, state, pages, seen FROM run_window",
    "SELECT hash, codec, size FROM payload",
    """SELECT record.identifier, datestamp, sets, deleted, hash, repairs, run_id IN (SELECT id FROM run), listed_in
         FROM record LEFT JOIN payload ON payload.id = payload_id""",
    """SELECT record.identifier, version.datestamp, version.deleted, hash, replaced_by IN (SELECT id FROM run)
         FROM record_version version JOIN record ON record.id = record_id
         LEFT JOIN payload ON payload.id = version.payload_id""",
    "SELECT source, identifier, state, doi_key, fingerprint, document FROM article",
    "SELECT identifier, position, code, severity, path, value, detail FROM finding JOIN article ON id = article_id",
)


def dump(url: str) -> list[list[Any]]:
    with store.connect(url) as opened:
        return [sorted(map(_line, run_sql(opened, statement))) for statement in _ROWS]


def _line(row: Iterable[object]) -> str:
    """SQLite has numbers for yes and no."""
    return repr([int(value) if isinstance(value, bool) else value for value in row])


@pytest.mark.parametrize("seed", [1, 2])
def test_harvest_killed_repeatedly_ends_with_the_same_store(new_url: Callable[[], str], seed: int):
    quiet, disturbed = new_url(), new_url()
    harvest(quiet)
    kills = until_done(lambda: harvest(disturbed), seed)
    assert kills >= 5
    with store.connect(disturbed) as opened:
        assert opened.check_integrity(deep=True) == []
        assert opened.records.earlier_versions("wetlands", name(35), "oai_dc") == [raw(35)]
    assert dump(disturbed) == dump(quiet)


def test_batch_timestamp_is_never_assigned_twice(url: str, tmp_path: Path):
    said = tmp_path / "given"

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
