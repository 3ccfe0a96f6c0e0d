"""sd_notify over real datagram sockets."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.daemon.notify import notify, reloading, watchdog_period


@pytest.fixture(params=["file", "abstract"])
def receiver(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        name = str(tmp_path / "n") if request.param == "file" else f"@harvester-test-{os.getpid()}"
        server.bind(name.replace("@", "\0"))
        server.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield server


def test_state_arrives(receiver: socket.socket):
    assert notify("READY=1")
    assert receiver.recv(100) == b"READY=1"


def test_reloading_state_has_a_time(receiver: socket.socket):
    notify(reloading())
    assert receiver.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


@pytest.mark.parametrize("name", ["", "tcp:1", "/nowhere/at/all"])
def test_no_receiver(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    assert not notify("READY=1")


@pytest.mark.parametrize(
    ("micros", "pid", "period"),
    [("60000000", None, 30.0), ("60000000", "ours", 30.0), ("60000000", "1", None), ("", None, None)],
)
def test_watchdog_period_is_half_of_what_systemd_waits(monkeypatch: pytest.MonkeyPatch, micros, pid, period):
    monkeypatch.setenv("WATCHDOG_USEC", micros)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "ours" else pid)
    assert watchdog_period() == period
