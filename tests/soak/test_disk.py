"""The n-th write fails, n = 1, 2, … until all succeed: it is reported, the store is intact, nothing is lost or doubled.

`strace` lets one system call after the other fail, as the kernel would. A file system in memory, a little larger each
time, is full for good. Both need Linux. If they cannot be used, the tests are skipped with that reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.disk import COMMANDS, Desk, desks, is_reported, recovers

# `n+` is this call and all after it: a disk stays full, although a single write may succeed again.
FAULTS = (
    ("pwrite64", "ENOSPC", "+"),
    ("pwrite64", "EIO", ""),
    ("write", "ENOSPC", ""),
    ("fdatasync", "EIO", ""),
    ("fsync", "EIO", ""),
    ("ftruncate", "EIO", ""),
    ("rename", "EIO", ""),
    ("mkdir", "ENOSPC", ""),
    ("unlink", "EIO", ""),
)
TOO_SMALL = 95
BLOCK = 16 * 1024  # bytes by which the small disk grows


def injected(desk: Desk, what: str, call: str, fault: str, which: str) -> bool:
    """Runs the command with a failing system call, asserts that it is reported, and returns whether a call failed."""
    trace = desk.folder / "trace"
    rule = f"inject={call}:error={fault}:when={which}"
    strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={call}", "-e", rule, "-o", str(trace)]
    is_reported(*desk.run(what, strace))
    return "(INJECTED)" in trace.read_text()


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize(("call", "fault", "on"), FAULTS)
@pytest.mark.parametrize("what", COMMANDS)
def test_any_failing_system_call_is_reported_and_the_next_run_recovers(
    tmp_path: Path, what: str, call: str, fault: str, on: str
):
    with desks(tmp_path) as desk:
        for number in count(1):
            one = desk(f"{number}")
            if what == "export":
                one.bench.harvest()
            elif not on:
                one.make_store()  # with `+` creating the store fails too
            failed = injected(one, what, call, fault, f"{number}{on}")
            recovers(one)
            if not failed:
                return
            shutil.rmtree(one.folder)


# ----------------------------------------------------------------------------------- a disk that is full

SMALL_DISK = """
mount -t tmpfs -o size=$SIZE tmpfs desk || exit 99
cp config.toml desk/ && cd desk || exit 98
if [ "$WHAT" = export ]; then
    mount -o remount,size=64m . && "$PYTHON" -m harvester -q harvest || exit 97
    mount -o remount,size=$SIZE . || exit 95  # smaller than its present content
fi
"$PYTHON" -m harvester $COMMAND
code=$?
mount -o remount,size=64m . || exit 96
cp -a . ../after
exit $code
"""


def can_mount(folder: Path) -> bool:
    """Whether this user may mount a file system in a namespace (user_namespaces(7))."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True).returncode == 0


def on_a_disk_of(size: int, desk: Desk, what: str) -> tuple[int, str]:
    """Runs the command on a disk of this many bytes. Afterwards the files of the disk are in `after`."""
    (desk.folder / "desk").mkdir()
    settings = {"SIZE": str(size), "WHAT": what, "PYTHON": sys.executable, "COMMAND": " ".join(COMMANDS[what])}
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", SMALL_DISK], cwd=desk.folder, env=os.environ | settings, capture_output=True
    )
    assert done.returncode <= TOO_SMALL, done.stderr.decode()
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("what", COMMANDS)
def test_full_disk_at_any_point_is_reported_and_the_next_run_recovers(tmp_path: Path, what: str):
    if not can_mount(tmp_path):
        pytest.skip("this user may not mount a file system in memory")
    codes = []
    with desks(tmp_path) as desk:
        for blocks in count(1):
            one = desk(f"{blocks}")
            code, output = on_a_disk_of(blocks * BLOCK, one, what)
            if code == TOO_SMALL:
                continue
            is_reported(code, output)
            codes.append(code)
            after = desk(f"{blocks}/after")
            recovers(after)
            shutil.rmtree(one.folder)
            if code == 0:
                break
    assert len(codes) > 3
