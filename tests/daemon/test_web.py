"""Health, readiness and metrics over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harvester.daemon.web import get, serve
from harvester.errors import HarvesterError, StoreError


@contextmanager
def web(
    health: str | None = None, ready: str | None = None, metrics: bytes | HarvesterError = b"a 1\n"
) -> Iterator[str]:
    """The address of a server whose probes and metrics return these values."""

    def exposition() -> bytes:
        if isinstance(metrics, HarvesterError):
            raise metrics
        return metrics

    with serve("127.0.0.1:0", health=lambda: health, ready=lambda: ready, metrics=exposition) as (host, port):
        yield f"{host}:{port}"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/healthz", (200, "ok")), ("/readyz", (503, "no store")), ("/metrics", (200, "a 1"))],
)
def test_each_path_has_its_answer(path, expected):
    with web(ready="no store") as listen:
        assert get(listen, path) == expected


def test_health_and_readiness_are_independent():
    with web(health="the scheduler is dead") as listen:
        assert get(listen, "/healthz") == (503, "the scheduler is dead")
        assert get(listen, "/readyz") == (200, "ok")


@pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz?a", "/../etc/passwd"])
def test_other_paths_are_not_found(path):
    with web() as listen:
        assert get(listen, path)[0] == 404


def test_metrics_that_cannot_be_read_are_an_error():
    with web(metrics=StoreError("the store is locked")) as listen:
        assert get(listen, "/metrics") == (503, "the store is locked")


def test_port_is_free_after_the_server_has_ended():
    with (
        web() as listen,
        pytest.raises(HarvesterError, match="not free"),
        serve(listen, health=lambda: None, ready=lambda: None, metrics=bytes),
    ):
        pass
    with pytest.raises(HarvesterError, match="No daemon answers"):
        get(listen, "/healthz")


def test_silent_server_is_no_daemon():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        listen = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(HarvesterError, match="No daemon answers"):
            get(listen, "/healthz", timeout=0.1)


def test_daemon_that_listens_on_all_addresses_is_asked_on_loopback():
    with serve("0.0.0.0:0", health=lambda: None, ready=lambda: None, metrics=bytes) as (_, port):
        assert get(f"0.0.0.0:{port}", "/healthz") == (200, "ok")
