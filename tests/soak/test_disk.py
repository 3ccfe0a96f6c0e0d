"""Fail at the n-th write, n = 1, 2, … until it succeeds: it is said, the store is whole, nothing is lost or doubled.

`strace` fails one system call after the other, as the kernel would; a file system in memory that is made a little
larger each time is full for good. Both need Linux; where they may not be used the tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.disk import COMMANDS, Desk, desks, is_said, recovers

# `n+`: that call and all behind it; a disk stays full, and a single write may find room again.
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
    """Runs the command with system calls failing, and asserts that it says so; whether there was any to fail."""
    trace = desk.folder / "trace"
    rule = f"inject={call}:error={fault}:when={which}"
    strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={call}", "-e", rule, "-o", str(trace)]
    is_said(*desk.run(what, strace))
    return "(INJECTED)" in trace.read_text()


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize(("call", "fault", "on"), FAULTS)
@pytest.mark.parametrize("what", COMMANDS)
def test_one_call_fails_wherever_it_stands(tmp_path: Path, what: str, call: str, fault: str, on: str):
    with desks(tmp_path) as desk:
        for number in count(1):
            mine = desk(f"{number}")
            if what == "export":
                mine.bench.harvest()
            elif not on:
                mine.make_store()  # a disk that stays full has met the making of it
            there = injected(mine, what, call, fault, f"{number}{on}")
            recovers(mine)
            if not there:
                return
            shutil.rmtree(mine.folder)


# ----------------------------------------------------------------------------------- a disk that is full

SMALL_DISK = """
mount -t tmpfs -o size=$SIZE tmpfs desk || exit 99
cp config.toml desk/ && cd desk || exit 98
if [ "$WHAT" = export ]; then
    mount -o remount,size=64m . && "$PYTHON" -m harvester -q harvest || exit 97
    mount -o remount,size=$SIZE . || exit 95  # smaller than what stands there already
fi
"$PYTHON" -m harvester $COMMAND
code=$?
mount -o remount,size=64m . || exit 96
cp -a . ../after
exit $code
"""


def can_mount(folder: Path) -> bool:
    """Whether this user may mount a file system for himself (user_namespaces(7))."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True).returncode == 0


def on_a_disk_of(size: int, desk: Desk, what: str) -> tuple[int, str]:
    """Runs the command on a disk of so many bytes; afterwards the disk's files are in `after`."""
    (desk.folder / "desk").mkdir()
    settings = {"SIZE": str(size), "WHAT": what, "PYTHON": sys.executable, "COMMAND": " ".join(COMMANDS[what])}
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", SMALL_DISK], cwd=desk.folder, env=os.environ | settings, capture_output=True
    )
    assert done.returncode <= TOO_SMALL, done.stderr.decode()
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("what", COMMANDS)
def test_a_disk_that_is_full_wherever_the_work_stands(tmp_path: Path, what: str):
    if not can_mount(tmp_path):
        pytest.skip("this user may not mount a file system in memory")
    codes = []
    with desks(tmp_path) as desk:
        for blocks in count(1):
            mine = desk(f"{blocks}")
            code, said = on_a_disk_of(blocks * BLOCK, mine, what)
            if code == TOO_SMALL:
                continue
            is_said(code, said)
            codes.append(code)
            after = desk(f"{blocks}/after")
            recovers(after)
            shutil.rmtree(mine.folder)
            if code == 0:
                break
    assert len(codes) > 3
