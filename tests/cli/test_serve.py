"""`harvester serve` as a process."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request

import pytest


@pytest.mark.slow
def test_page_is_served_until_the_end(harvested, tmp_path):
    command = [sys.executable, "-m", "harvester", "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        (address,) = re.findall(r"The page is at (\S+) until Ctrl-C", process.stderr.readline())
        with urllib.request.urlopen(f"{address}runs", timeout=30) as answer:
            assert b"whole list" in answer.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
