"""`harvester demo`."""

import signal
import subprocess
import sys

import pytest

from tests.cli.conftest import answer

pytestmark = pytest.mark.slow


def test_second_demo_finds_nothing_new(call):
    first = answer(call("demo", "--json"))
    assert {run["state"] for run in first["runs"]} == {"complete"}
    assert sum(file["records"] for file in first["files"]) == 30
    assert all(held["sentences"] for held in first["held"])
    again = call("demo")
    assert again.exit_code == 0
    assert again.stdout.endswith("Nothing new since the last run, so nothing was exported.\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demo_provider_serves_until_it_is_stopped(tmp_path, call, number):
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "harvester", "demo", "--serve"], cwd=tmp_path, stdout=-1, stderr=-1, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert call("source", "probe", url, "--allow-private").exit_code == 0
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err.splitlines()[-1]) == (0, "Stopped.")
