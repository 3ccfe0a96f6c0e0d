"""Health, readiness and metrics over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harvester.daemon.web import address_of, get, serve
from harvester.errors import HarvesterError, StoreError


@contextmanager
def web(
    health: str | None = None, ready: str | None = None, metrics: bytes | HarvesterError = b"a 1\n"
) -> Iterator[str]:
    """The address of a daemon in this state."""

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
def test_each_address_has_its_answer(path, expected):
    with web(ready="no store") as listen:
        assert get(listen, path) == expected


def test_health_and_readiness_are_two_things():
    with web(health="the scheduler is dead") as listen:
        assert get(listen, "/healthz") == (503, "the scheduler is dead")
        assert get(listen, "/readyz") == (200, "ok")


@pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz?a", "/../etc/passwd"])
def test_there_is_nothing_else(path):
    with web() as listen:
        assert get(listen, path)[0] == 404


def test_metrics_that_cannot_be_had():
    with web(metrics=StoreError("the store is locked")) as listen:
        assert get(listen, "/metrics") == (503, "the store is locked")


def test_the_port_is_free_afterwards():
    with (
        web() as listen,
        pytest.raises(HarvesterError, match="not free"),
        serve(listen, health=lambda: None, ready=lambda: None, metrics=bytes),
    ):
        pass
    with pytest.raises(HarvesterError, match="No daemon answers"):
        get(listen, "/healthz")


def test_something_else_that_listens_there():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        listen = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(HarvesterError, match="No daemon answers"):
            get(listen, "/healthz", timeout=0.1)


@pytest.mark.parametrize(
    ("listen", "expected"),
    [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:80", ("::1", 80)), (":9464", ("", 9464))],
)
def test_an_address_and_a_port(listen, expected):
    assert address_of(listen) == expected


def test_a_daemon_that_listens_everywhere_is_asked_here():
    with serve("0.0.0.0:0", health=lambda: None, ready=lambda: None, metrics=bytes) as (_, port):
        assert get(f"0.0.0.0:{port}", "/healthz") == (200, "ok")
