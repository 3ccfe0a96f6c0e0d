"""systemd and the program accept the files of deploy/."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harvester.cli import main
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_is_accepted_by_systemd(unit: Path, tmp_path: Path):
    for each in UNITS:  # the timer names its service; here the program is at another path
        text = each.read_text().replace("/opt/harvester/bin/harvester", sys.executable)
        (tmp_path / each.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    ours = [line for line in done.stderr.splitlines() if "harvester" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_unit_calls_an_existing_command(unit: Path):
    (call,) = re.findall(r"^ExecStart=/opt/harvester/bin/harvester (.*)$", unit.read_text(), re.MULTILINE)
    context = main.make_context("harvester", call.split())
    name = next(word for word in call.split() if word in main.commands or word in main.list_commands(context))
    command = main.get_command(context, name)
    assert command is not None
    command.make_context(name, call.split()[call.split().index(name) + 1 :], parent=context)


def test_image_runs_existing_commands():
    text = (DEPLOY / "Dockerfile").read_text()
    names = set(re.findall(r'"harvester", "(\w+)"|"json", "(\w+)"|bin/harvester -q (\w+)', text))
    assert {next(filter(None, groups)) for groups in names} == {"health", "daemon", "schemas"}
    assert "USER harvester" in text
    assert "STOPSIGNAL SIGTERM" in text


def test_container_publishes_the_page_on_this_machine_alone():
    ports = re.findall(r'^ +- "(.*):\d+:8765"$', (DEPLOY / "compose.yaml").read_text(), re.MULTILINE)
    assert ports == ["127.0.0.1"]
