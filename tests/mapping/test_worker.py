"""A worker maps what it reads, and ends when nobody is left to read from."""

from __future__ import annotations

import subprocess
import sys

import pytest

from harvester.mapping import worker
from tests.mapping.samples import MAPPER, ODD, live

WORK = live(ODD)


def started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", worker.PROGRAM.format(path=sys.path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_it_answers_every_chunk_and_ends_with_its_input():
    with started() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        worker.write(process.stdin, MAPPER)
        for chunk in (WORK, [], WORK[:1]):
            worker.write(process.stdin, chunk)
            assert worker.read(process.stdout) == MAPPER.map(chunk)
        process.stdin.close()
        assert process.wait(20) == 0
        with pytest.raises(EOFError):
            worker.read(process.stdout)


@pytest.mark.parametrize("sent", [b"", b"\x80\x05\x95"])
def test_an_input_that_breaks_off_is_no_error(sent: bytes):
    with started() as process:
        assert process.communicate(sent, 20) == (b"", b"")
        assert process.returncode == 0
