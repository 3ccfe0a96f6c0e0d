"""Servers on a port that somebody named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harvester.demo.ports import started
from harvester.errors import HarvesterError


@contextmanager
def serve(port: int) -> Iterator[str]:
    if port == 1:
        raise PermissionError("not allowed")
    if port > 65535:
        raise OverflowError("too high")
    yield f"on {port}"


def test_server_runs_in_the_block() -> None:
    with started(serve, 8021) as server:
        assert server == "on 8021"


@pytest.mark.parametrize("port", [1, 99999])
def test_port_that_cannot_be_used(port: int) -> None:
    words = rf"port {port} cannot be used \(.*\); name another with --port"
    with pytest.raises(HarvesterError, match=words), started(serve, port):
        pass


def test_other_errors_of_the_block_are_not_about_the_port() -> None:
    with pytest.raises(OSError, match="disk"), started(serve, 8021):
        raise OSError("disk full")
