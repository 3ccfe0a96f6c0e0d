"""The disk is full in the middle of the work: it is reported, nothing is incomplete, and the next run recovers.

`tests/soak/test_disk.py` lets every write of every kind fail, one after the other.
"""

from __future__ import annotations

import resource
from functools import partial
from pathlib import Path

import pytest

from tests.disk import desks, is_reported, recovers

pytestmark = pytest.mark.slow

KB = 1024


def files_up_to(size: int) -> None:
    """Called in the child: lets the kernel refuse writes beyond this size of a file (setrlimit(2), RLIMIT_FSIZE)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 100 * KB, 300 * KB], ids=str)
def test_harvest_on_a_full_disk_fails_and_recovers(tmp_path: Path, size: int):
    with desks(tmp_path) as desk:
        one = desk("disk")
        code, output = one.run("harvest", before=partial(files_up_to, size))
        is_reported(code, output)
        assert code == 1
        recovers(one)


@pytest.mark.parametrize("size", [0, 33 * KB], ids=str)
def test_export_on_a_full_disk_fails_and_recovers(tmp_path: Path, size: int):
    with desks(tmp_path) as desk:
        one = desk("disk")
        one.bench.harvest()
        code, output = one.run("export", before=partial(files_up_to, size))
        is_reported(code, output)
        assert code == 1
        recovers(one)
