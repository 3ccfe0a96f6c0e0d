"""A disk that is full in the middle of the work: it is said, nothing is half there, and the next time makes it good.

Every write of every kind, one after the other, is failed in `tests/soak/test_disk.py`.
"""

from __future__ import annotations

import resource
from functools import partial
from pathlib import Path

import pytest

from tests.disk import desks, is_said, recovers

pytestmark = pytest.mark.slow

KB = 1024


def files_up_to(size: int) -> None:
    """In the child: no file may grow beyond this; the kernel refuses the write (setrlimit(2), RLIMIT_FSIZE)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 100 * KB, 300 * KB], ids=str)
def test_a_harvest_without_room(tmp_path: Path, size: int):
    with desks(tmp_path) as desk:
        mine = desk("disk")
        code, said = mine.run("harvest", before=partial(files_up_to, size))
        is_said(code, said)
        assert code == 1
        recovers(mine)


@pytest.mark.parametrize("size", [0, 33 * KB], ids=str)
def test_an_export_without_room(tmp_path: Path, size: int):
    with desks(tmp_path) as desk:
        mine = desk("disk")
        mine.bench.harvest()
        code, said = mine.run("export", before=partial(files_up_to, size))
        is_said(code, said)
        assert code == 1
        recovers(mine)
