from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import BusyError, StoreError
from harvester.system.locks import hold, holder, safe

HOLD = """
import sys, time, pathlib
from harvester.system.locks import hold
with hold(pathlib.Path(sys.argv[1]), "wetlands", what="harvest of wetlands"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_is_held_and_let_go(tmp_path: Path):
    for _ in range(2):
        with hold(tmp_path / "locks", "wetlands", what="harvest of wetlands"):
            assert (tmp_path / "locks" / "wetlands.lock").stat().st_size > 0
    assert (tmp_path / "locks" / "wetlands.lock").read_bytes() == b""


def test_the_second_is_told_who_holds_it(tmp_path: Path):
    with (
        hold(tmp_path, "wetlands", what="harvest of wetlands"),
        pytest.raises(BusyError) as caught,
        hold(tmp_path, "wetlands", what="export"),
    ):
        pass
    said = str(caught.value)
    assert f"harvest of wetlands (process {os.getpid()} on {socket.gethostname()}, since 20" in said
    assert re.search(r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)", said)
    assert caught.value.exit_code == 75


def test_a_refused_holder_does_not_wipe_the_name_of_the_first(tmp_path: Path):
    with hold(tmp_path, "x", what="the first"):
        for _ in range(2):
            with pytest.raises(BusyError, match="the first"), hold(tmp_path, "x", what="the second"):
                pass


def test_an_error_in_the_block_lets_go(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), hold(tmp_path, "x", what="sums"):
        _ = 1 / 0
    with hold(tmp_path, "x", what="more sums"):
        pass


def test_different_names_do_not_meet(tmp_path: Path):
    with hold(tmp_path, "a", what="one"), hold(tmp_path, "b", what="two"):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path):
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(BusyError, match=f"process {child.pid} on"), hold(tmp_path, "wetlands", what="export"):
        pass
    seen = holder(tmp_path, "wetlands")
    assert seen
    assert (seen.pid, seen.what) == (child.pid, "harvest of wetlands")
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert holder(tmp_path, "wetlands") is None
    with hold(tmp_path, "wetlands", what="export"):
        pass


def test_looking_keeps_nobody_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The look is over while the one who wants it waits for a moment."""
    with hold(tmp_path, "x", what="a test"):
        pass
    file = (tmp_path / "x.lock").open("rb")
    fcntl.flock(file, fcntl.LOCK_SH)
    monkeypatch.setattr("harvester.system.locks.time.sleep", lambda _: file.close())
    with hold(tmp_path, "x", what="a test"):
        pass


def test_looking_takes_no_lock(tmp_path: Path):
    assert holder(tmp_path, "x") is None
    with hold(tmp_path, "x", what="a test"):
        assert str(holder(tmp_path, "x")).startswith("a test (process ")
    assert holder(tmp_path, "x") is None


def test_one_of_many_gets_it(tmp_path: Path):
    held, refused = [], []
    ready, done = threading.Barrier(8), threading.Barrier(8)

    def attempt(number: int) -> None:
        ready.wait()
        try:
            with hold(tmp_path, "x", what=f"number {number}"):
                held.append(number)
                done.wait()
        except BusyError:
            refused.append(number)
            done.wait()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(held), len(refused)) == (1, 7)


def test_a_lock_taken_by_something_that_wrote_no_name(tmp_path: Path):
    with hold(tmp_path, "x", what="quiet"):
        (tmp_path / "x.lock").write_bytes(b"{")
        with pytest.raises(BusyError, match=r"another process holds .*x\.lock"), hold(tmp_path, "x", what="loud"):
            pass


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="must be writable"), hold(tmp_path / "file", "x", what="export"):
        pass


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_name_is_a_file_name_of_its_own(one: str, other: str):
    made = safe(one)
    assert "/" not in made
    assert "\0" not in made
    assert len((made + ".lock").encode()) < 255
    assert (made == safe(other)) == (one == other)


@pytest.mark.parametrize("given", ["", ".", "..", "a/b", "../../etc", "журнал", "x" * 400, "nul\0"])
def test_odd_names_stay_in_their_folder(tmp_path: Path, given: str):
    with hold(tmp_path, given, what="odd"):
        assert [path.parent for path in tmp_path.iterdir()] == [tmp_path]
