"""Calls of the program, in the process of the test or as a process of its own."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harvester.cli import main
from harvester.daemon import alerts
from tests.providers import small_journal
from tests.providers.server import Request, Server, reply

Call = Callable[..., Result]
SCHEDULED = small_journal.CONFIG.replace(
    "allow_private = true", 'allow_private = true\nretries = 0\nschedule = "@yearly"'
)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls the program in an empty folder; returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    return lambda *args, **options: CliRunner().invoke(main, [str(arg) for arg in args], **options)


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the program as a process in an empty folder."""

    def run(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "harvester", *args]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, **options)

    return run


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    with small_journal.serving() as server:
        yield server


@pytest.fixture
def configured(call: Call, tmp_path: Path, small: Server) -> Call:
    """`call` in a folder whose config.toml has the provider as a source."""
    (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=small.url))
    return call


@pytest.fixture
def harvested(configured: Call) -> Call:
    assert configured("harvest").exit_code == 0
    return configured


@pytest.fixture
def switch() -> dict[str, bool]:
    """Whether the provider is down; tests change it."""
    return {"down": False}


@pytest.fixture
def scheduled(call: Call, tmp_path: Path, switch: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """`call` in a folder whose source has a schedule. A first failure is reported at once."""
    monkeypatch.setattr(alerts, "FIRST_FAILURE", timedelta(0))

    def answering(request: Request) -> bytes:
        return reply("<html>maintenance</html>") if switch["down"] else small_journal.answer(request)

    with Server(answering) as server:
        (tmp_path / "config.toml").write_text('timezone = "Europe/Madrid"\n' + SCHEDULED.format(url=server.url))
        yield call


def answer(result: Result) -> dict[str, Any]:
    """The one JSON object on stdout."""
    document = json.loads(result.stdout)
    assert document.pop("schema") == 1
    return dict(document)


def long_ago(tmp_path: Path, days: int = 800) -> None:
    """Changes the store as if everything in it had happened that long ago."""
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        for table, columns in {"run": ("started", "finished"), "alert": ("since", "told")}.items():
            for column in columns:
                change = f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}, '-{days} days')"
                connection.execute(f"UPDATE {table} SET {column} = {change}")
