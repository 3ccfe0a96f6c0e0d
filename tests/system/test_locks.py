from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import BusyError, StoreError
from harvester.system.locks import hold, holder, safe_file_name

HOLD = """
import sys, time, pathlib
from harvester.system.locks import hold
with hold(pathlib.Path(sys.argv[1]), "wetlands", what="harvest of wetlands"):
    print("held", flush=True)
    time.sleep(60)
"""


def what_is_held(folder: Path, name: str) -> str | None:
    """What the holder of the lock does."""
    found = holder(folder, name)
    return found.what if found else None


def test_lock_is_held_and_released(tmp_path: Path):
    for _ in range(2):
        with hold(tmp_path / "locks", "wetlands", what="harvest of wetlands"):
            assert (tmp_path / "locks" / "wetlands.lock").stat().st_size > 0
    assert (tmp_path / "locks" / "wetlands.lock").read_bytes() == b""


def test_error_names_the_holder_of_the_lock(tmp_path: Path):
    with (
        hold(tmp_path, "wetlands", what="harvest of wetlands"),
        pytest.raises(BusyError) as caught,
        hold(tmp_path, "wetlands", what="export"),
    ):
        pass
    message = str(caught.value)
    assert f"harvest of wetlands (process {os.getpid()} on {socket.gethostname()}, since 20" in message
    assert re.search(r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)", message)
    assert caught.value.exit_code == 75


def test_refused_attempt_keeps_the_name_of_the_holder(tmp_path: Path):
    with hold(tmp_path, "x", what="the first"):
        for _ in range(2):
            with pytest.raises(BusyError, match="the first"), hold(tmp_path, "x", what="the second"):
                pass


def test_exception_in_the_block_releases_the_lock(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), hold(tmp_path, "x", what="sums"):
        _ = 1 / 0
    assert holder(tmp_path, "x") is None
    with hold(tmp_path, "x", what="more sums"):
        assert what_is_held(tmp_path, "x") == "more sums"


def test_locks_with_different_names_are_independent(tmp_path: Path):
    with hold(tmp_path, "a", what="one"), hold(tmp_path, "b", what="two"):
        assert [what_is_held(tmp_path, name) for name in "ab"] == ["one", "two"]


def test_lock_of_a_killed_process_is_free(tmp_path: Path):
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(BusyError, match=f"process {child.pid} on"), hold(tmp_path, "wetlands", what="export"):
        pass
    found = holder(tmp_path, "wetlands")
    assert found
    assert (found.pid, found.what) == (child.pid, "harvest of wetlands")
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert holder(tmp_path, "wetlands") is None
    with hold(tmp_path, "wetlands", what="export"):
        assert what_is_held(tmp_path, "wetlands") == "export"


def test_looking_at_a_lock_does_not_prevent_taking_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A process that looks at the lock has it for an instant, and whoever wants it waits that long."""
    with hold(tmp_path, "x", what="an earlier test"):
        pass
    file = (tmp_path / "x.lock").open("rb")
    fcntl.flock(file, fcntl.LOCK_SH)
    monkeypatch.setattr("harvester.system.locks.time.sleep", lambda _: file.close())
    with hold(tmp_path, "x", what="a test"):
        assert file.closed
        assert what_is_held(tmp_path, "x") == "a test"


def test_holder_shows_who_holds_the_lock(tmp_path: Path):
    assert holder(tmp_path, "x") is None
    with hold(tmp_path, "x", what="a test"):
        assert str(holder(tmp_path, "x")).startswith("a test (process ")
    assert holder(tmp_path, "x") is None


def test_only_one_of_many_threads_gets_the_lock(tmp_path: Path):
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


def test_lock_file_without_a_name_is_still_a_lock(tmp_path: Path):
    with hold(tmp_path, "x", what="quiet"):
        (tmp_path / "x.lock").write_bytes(b"{")
        with pytest.raises(BusyError, match=r"another process holds .*x\.lock"), hold(tmp_path, "x", what="loud"):
            pass


def test_folder_that_cannot_be_written_is_reported(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="must be writable"), hold(tmp_path / "file", "x", what="export"):
        pass


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_name_has_a_file_name_of_its_own(one: str, other: str):
    file_name = safe_file_name(one)
    assert "/" not in file_name
    assert "\0" not in file_name
    assert len((file_name + ".lock").encode()) < 255
    assert (file_name == safe_file_name(other)) == (one == other)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../../etc", "журнал", "x" * 400, "nul\0"])
def test_odd_names_stay_in_the_lock_folder(tmp_path: Path, name: str):
    with hold(tmp_path, name, what="odd"):
        assert [path.parent for path in tmp_path.iterdir()] == [tmp_path]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("of_root", ["the file", "the folder"])
def test_lock_file_of_root_names_the_command_that_gives_it_back(of_root: str):
    with tempfile.TemporaryDirectory() as home:  # the folders of pytest are hidden from other users
        Path(home).chmod(0o755)
        folder = Path(home, ".harvester-locks")
        folder.mkdir()
        if of_root == "the file":
            (folder / "wetlands.lock").touch(0o644)
            folder.chmod(0o777)
        os.seteuid(65534)
        try:
            with pytest.raises(StoreError) as caught, hold(folder, "wetlands", what="harvest"):
                pass
        finally:
            os.seteuid(0)
    assert "belongs to root: a command was run as that user" in str(caught.value)
    assert re.search(rf"sudo chown --recursive \S+ {home}$", str(caught.value))
