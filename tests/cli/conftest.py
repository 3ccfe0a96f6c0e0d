"""Calls of the program, in the process of the test or as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harvester.cli import main

Call = Callable[..., Result]


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


def answer(result: Result) -> dict[str, Any]:
    """The one JSON object on stdout."""
    document = json.loads(result.stdout)
    assert document.pop("schema") == 1
    return dict(document)
