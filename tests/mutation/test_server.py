"""Tests that pass, fail, never end or take all the memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation import server

CONFTEST = "from hypothesis import settings\nsettings.register_profile('quick')"
TESTS = {
    "test_passing.py": "def test(): pass",
    "test_failing.py": "def test(): assert False",
    "test_endless.py": "def test():\n    while True: pass",
    "test_greedy.py": f"def test(): bytearray({2 * server.MOST_MEMORY})",
}


@pytest.mark.slow
def test_each_run_has_an_exit_code_and_the_next_one_is_not_affected(tmp_path: Path):
    for name, source in {"conftest.py": CONFTEST, **TESTS}.items():
        (tmp_path / name).write_text(source)
    seconds = dict.fromkeys(TESTS, 5.0) | {"test_endless.py": 1.0}
    runs = [json.dumps([str(tmp_path), [name], seconds[name]]) for name in (*TESTS, "test_passing.py")]
    answered = subprocess.run(
        [sys.executable, server.__file__], input="\n".join(runs), capture_output=True, text=True, check=True
    )
    assert answered.stdout.split() == ["0", "1", "-1", "1", "0"]
