"""A running stand-in of Crossref with a clock that tests set, and what a person would send to it.

The fixture `crossref_standin` of tests/conftest.py starts one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from harvester.standin import Account, Knobs, StandIn, State, serve

LOGIN, PASSWORD = "demo", "s3cret demo password"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **times: float) -> None:
        """Moves by a `timedelta`, as in `advance(minutes=5)`."""
        self.now += timedelta(**times)


class Running:
    """The stand-in of a test: `server`, its `state`, its `clock`, and `root` as deposit_url and api_url."""

    def __init__(self, server: StandIn, clock: Clock) -> None:
        self.server, self.state, self.clock = server, server.state, clock
        self.root = server.root
        self.login, self.password = LOGIN, PASSWORD

    def upload(self, data: bytes, name: str = "a.xml", **fields: str) -> requests.Response:
        """Sends a file, as a browser would."""
        form = {"operation": "doMDUpload", "login_id": LOGIN, "login_passwd": PASSWORD, **fields}
        url = f"{self.root}/servlet/deposit"
        return requests.post(url, data=form, files={"fname": (name, data, "application/xml")}, timeout=30)

    def result(self, name: str = "a.xml", **fields: str) -> requests.Response:
        """Asks what became of a file."""
        form = {"usr": LOGIN, "pwd": PASSWORD, "file_name": name, "type": "result", **fields}
        return requests.post(f"{self.root}/servlet/submissionDownload", data=form, timeout=30)

    def completed(self, data: bytes, name: str = "a.xml") -> str:
        """Sends a file, waits until it was processed, and returns its result."""
        assert "SUCCESS" in self.upload(data, name).text
        self.clock.advance(hours=1)
        return self.result(name).text

    def get(self, path: str, **query: Any) -> requests.Response:
        return requests.get(self.root + path, params={"mailto": "a@example.org", **query}, timeout=30)


@contextmanager
def running(prefixes: Sequence[str] = ("10.5555",), knobs: Knobs | None = None) -> Iterator[Running]:
    """A stand-in with the account `demo`, which may deposit for these DOI prefixes."""
    clock = Clock()
    account = Account(login=LOGIN, password=PASSWORD, prefixes=tuple(prefixes))
    with serve(State([account], now=clock, knobs=knobs)) as server:
        yield Running(server, clock)
