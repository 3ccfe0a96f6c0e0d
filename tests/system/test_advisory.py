"""Locks in a database: of one process, of several, and of one whose session was cut."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest

from harvester.errors import BusyError, StoreError
from harvester.system import locks
from harvester.system.advisory import AdvisoryLocks
from tests.postgresql import Server


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.new_database()


@pytest.fixture
def mine(url: str) -> Iterator[AdvisoryLocks]:
    with closing(AdvisoryLocks(url)) as place:
        yield place


@pytest.fixture
def theirs(url: str) -> Iterator[AdvisoryLocks]:
    """The locks as another process has them."""
    with closing(AdvisoryLocks(url)) as place:
        yield place


@pytest.fixture
def killable(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock `source-reeds`."""
    work = (
        "import time; from harvester.system import locks; from harvester.system.advisory import locks_at\n"
        f"with locks.hold(locks_at({url!r}), 'source-reeds', what='harvest of reeds'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_lock_has_one_holder_who_is_named(mine: AdvisoryLocks, theirs: AdvisoryLocks):
    with locks.hold(mine, "source-reeds", what="harvest of reeds"):
        for place in (mine, theirs):
            with (
                pytest.raises(BusyError, match=rf"Busy: harvest of reeds \(process {os.getpid()} on .* holds the lock"),
                locks.hold(place, "source-reeds", what="another harvest"),
            ):
                pass
        holder = locks.holder(theirs, "source-reeds")
        assert holder is not None
        assert (holder.pid, holder.what) == (os.getpid(), "harvest of reeds")
        assert locks.names(theirs) == ["source-reeds"]
        with locks.hold(theirs, "source-fens", what="harvest of fens"):
            assert locks.names(mine) == ["source-fens", "source-reeds"]
    assert locks.holder(theirs, "source-reeds") is None
    assert locks.names(theirs) == []
    with locks.hold(theirs, "source-reeds", what="harvest of reeds"):
        assert locks.holder(mine, "source-reeds") is not None


def test_schemas_of_one_database_have_their_own_locks(url: str):
    with ExitStack() as held:
        for schema in ("one", "two"):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE SCHEMA {schema}")
            place = held.enter_context(closing(AdvisoryLocks(f"{url}&options=-csearch_path%3D{schema}")))
            held.enter_context(locks.hold(place, "source-reeds", what="harvest of reeds"))


def test_lock_of_a_killed_process_is_free_at_once(mine: AdvisoryLocks, killable: subprocess.Popen[str]):
    holder = locks.holder(mine, "source-reeds")
    assert holder is not None
    assert holder.pid == killable.pid
    os.kill(killable.pid, signal.SIGKILL)
    killable.wait()
    end = time.monotonic() + 5
    while locks.holder(mine, "source-reeds") is not None:
        assert time.monotonic() < end
        time.sleep(0.02)
    with locks.hold(mine, "source-reeds", what="harvest of reeds"):
        pass


def test_lock_whose_session_is_cut_is_taken_again_unless_another_was_quicker(
    url: str, mine: AdvisoryLocks, theirs: AdvisoryLocks
):
    with locks.hold(mine, "source-reeds", what="mine"), locks.hold(mine, "source-fens", what="mine"):
        _cut(url, mine)
        with locks.hold(theirs, "source-fens", what="theirs"):
            assert locks.holder(mine, "source-moors") is None  # connects again
            with pytest.raises(BusyError), locks.hold(theirs, "source-reeds", what="theirs"):
                pass
            holder = locks.holder(mine, "source-fens")
            assert holder is not None
            assert holder.what == "theirs"


def _cut(url: str, place: AdvisoryLocks) -> None:
    """Ends the session of these locks, as an administrator or a network can."""
    assert place._session is not None
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (place._session.info.backend_pid,))


def test_two_processes_may_make_the_table_at_once(url: str):
    work = (
        "from harvester.system import locks; from harvester.system.advisory import locks_at\n"
        f"with locks.hold(locks_at({url!r}), __import__('sys').argv[1], what='a test'): pass"
    )
    both = [subprocess.Popen([sys.executable, "-c", work, name]) for name in ("a", "b", "c")]
    assert [one.wait() for one in both] == [0, 0, 0]


def test_server_that_is_away_is_told(url: str):
    away = AdvisoryLocks(url.replace("host=/", "host=/nowhere/"))
    with pytest.raises(StoreError, match=r"locks in database store\d+ on /nowhere/.* cannot be used: .*Check"):
        away.holder("source-reeds")
