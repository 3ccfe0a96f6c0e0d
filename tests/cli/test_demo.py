"""`harvester demo`."""

import re
import signal
import subprocess
import sys

import pytest
import requests

from tests.cli.conftest import answer

pytestmark = pytest.mark.slow


def test_second_demo_finds_nothing_new(call):
    first = answer(call("demo", "--json"))
    assert {run["state"] for run in first["runs"]} == {"complete"}
    assert sum(file["records"] for file in first["files"]) == 30
    assert all(held["sentences"] for held in first["held"])
    assert (first["sent"], sum(first["states"].values())) == (2, 30)
    again = call("demo")
    assert again.exit_code == 0
    assert again.stdout.endswith("Nothing new since the last run, so nothing was exported or sent.\n")


def test_demo_prints_what_deposits_prints_and_its_configuration_stays_usable(call):
    shown = call("demo").stdout
    states = call("--config", "demo/config.toml", "deposits").stdout.partition("\n\n")[2]
    assert "     28  registered\n" in states
    assert states in shown
    for name in ("status", "check", "deposits"):
        assert call("--config", "demo/config.toml", name).exit_code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demo_provider_serves_until_it_is_stopped(tmp_path, call, number):
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "harvester", "demo", "--serve"], cwd=tmp_path, stdout=-1, stderr=-1, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert call("source", "probe", url, "--allow-private").exit_code == 0
        assert process.stderr
        assert process.stderr.readline().startswith("Serving until Ctrl-C.")
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err.splitlines()[-1]) == (0, "Stopped.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stand_in_of_crossref_runs_until_it_is_stopped(tmp_path, number):
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "harvester", "demo", "--crossref"], cwd=tmp_path, stdout=-1, stderr=-1, text=True
    ) as process:
        assert process.stdout
        printed = [process.stdout.readline()]
        while printed[-1] and "password_file" not in printed[-1]:
            printed.append(process.stdout.readline())
        root = re.findall(r"http://127\.0\.0\.1:\d+", printed[0])[0]
        assert "This server is not Crossref" in requests.get(root, timeout=30).text
        assert process.stderr
        assert process.stderr.readline() == "Serving until Ctrl-C.\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert f'  deposit_url = "{root}"\n' in printed
    assert (process.returncode, err.splitlines()) == (0, ["Stopped."])
    assert list(tmp_path.iterdir()) == []


def test_one_command_runs_one_server(call):
    assert call("demo", "--serve", "--crossref").exit_code == 2
