"""What is mapped in other processes is what is mapped in this one, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from threading import BoundedSemaphore

import pytest

from harvester.mapping import pool
from harvester.mapping.pool import CHUNK, MappingPool
from tests.mapping.samples import MAPPER, ODD, is_alive, live, raw_records, soon

pytestmark = pytest.mark.slow

WORK = live([*raw_records(3 * CHUNK), *ODD])
CORES = 2


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_free", BoundedSemaphore(CORES))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[MappingPool]:
    """A pool that starts its processes at once."""
    monkeypatch.setattr(pool, "BYTES_ALONE", 0)
    with closing(MappingPool(MAPPER)) as made:
        yield made


def pids(made: MappingPool) -> list[int]:
    return [process.pid for process in made._processes]


def test_the_same_articles_in_the_same_order(started: MappingPool):
    assert started.begin(WORK).result() == MAPPER.map(WORK)
    assert len(pids(started)) == CORES


def test_tasks_are_taken_in_any_order(started: MappingPool):
    first, second = started.begin(WORK[:60]), started.begin(WORK[60:])
    assert second.result() == MAPPER.map(WORK[60:])
    assert first.result() == MAPPER.map(WORK[:60])


def test_a_few_records_start_no_process(monkeypatch: pytest.MonkeyPatch):
    size = sum(len(raw.payload or b"") for records in WORK for raw in records.values())
    monkeypatch.setattr(pool, "BYTES_ALONE", 2 * size)
    with closing(MappingPool(MAPPER)) as made:
        assert [made.begin(WORK).result() for _ in range(2)] == [MAPPER.map(WORK)] * 2
        assert pids(made) == []
        assert made.begin(WORK).result() == MAPPER.map(WORK)
        assert pids(made) != []


def test_killed_processes_cost_nothing(started: MappingPool):
    task = started.begin(WORK * 5)
    assert soon(lambda: len(pids(started)) == CORES)
    for pid in pids(started):
        os.kill(pid, signal.SIGKILL)
    expected = MAPPER.map(WORK)
    assert task.result() == expected * 5
    assert started.begin(WORK).result() == expected


def test_one_killed_process_leaves_the_work_to_the_others(started: MappingPool):
    started.begin(WORK).result()
    killed, other = pids(started)
    os.kill(killed, signal.SIGKILL)
    assert started.begin(WORK).result() == MAPPER.map(WORK)
    assert is_alive(other)


def test_the_end_of_the_pool_ends_its_processes_in_the_middle_of_their_work(started: MappingPool):
    started.begin(WORK * 5)
    assert soon(lambda: len(pids(started)) == CORES)
    running = pids(started)
    started.close()
    assert not any(map(is_alive, running))


def test_what_was_not_mapped_when_the_pool_ended_is_mapped_here(started: MappingPool):
    task = started.begin(WORK)
    started.close()
    assert task.result() == MAPPER.map(WORK)


def test_all_pools_together_start_no_more_processes_than_there_are_cores(started: MappingPool):
    started.begin(WORK)
    with closing(MappingPool(MAPPER)) as second:
        assert second.begin(WORK).result() == MAPPER.map(WORK)
        assert pids(second) == []
        started.close()
        second.begin(WORK).result()
        assert len(pids(second)) == CORES


def test_without_processes_all_is_mapped_here(started: MappingPool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert started.begin(WORK).result() == MAPPER.map(WORK)
    assert pids(started) == []


def test_a_keyboard_interrupt_of_the_terminal_is_not_for_the_processes(started: MappingPool):
    started.begin(WORK).result()
    assert os.getsid(0) not in {os.getsid(pid) for pid in pids(started)}


KILLED = """
import os, signal
from harvester.mapping import pool
from tests.mapping.samples import MAPPER, live, raw_records

pool.BYTES_ALONE = 0
made = pool.MappingPool(MAPPER)
made.begin(live(raw_records(200))).result()
made.begin(live(raw_records(2000)))
print(*[process.pid for process in made._processes], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_processes_of_a_killed_program_end_in_silence():
    if pool.cores() < 2:
        pytest.skip("on one core no process is started")
    program = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    running = [int(pid) for pid in program.stdout.split()]
    assert running
    assert soon(lambda: not any(map(is_alive, running)))
    assert program.stderr == ""
