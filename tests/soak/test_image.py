"""The image of deploy/Dockerfile: built with Docker, or without Docker by running its steps in folders."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
NEW_USER = "useradd"  # this step is skipped, because it would change the machine
TIMEOUT = 60.0


def docker() -> bool:
    return bool(shutil.which("docker")) and subprocess.run(["docker", "info"], capture_output=True).returncode == 0


def steps() -> Iterator[tuple[str, str]]:
    """The instructions with their arguments."""
    text = re.sub(r"\\\n", " ", DOCKERFILE.read_text())
    for line in text.splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest


class Folders:
    """The paths of the image, in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root, self.at = root, root

    def here(self, text: str) -> str:
        text = re.sub(r"(?<![\w/])/(opt|src|data)\b", rf"{self.root}/\1", text)
        return re.sub(r"^python\b", shlex.quote(sys.executable), text)

    def run(self, word: str, rest: str) -> None:
        if word in ("WORKDIR", "VOLUME"):
            self.at = Path(self.here(rest))
            self.at.mkdir(parents=True, exist_ok=True)
        elif (word, rest) == ("COPY", ". ."):
            tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
            for name in filter(None, tracked):
                (self.at / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.at / name)
        elif word == "RUN" and NEW_USER not in rest:
            subprocess.run(self.here(rest), cwd=self.at, shell=True, check=True)


@pytest.mark.skipif(not docker(), reason="there is no Docker here")
def test_image_is_built():
    subprocess.run(["docker", "build", "--file", DOCKERFILE, "--tag", "harvester-test", ROOT], check=True)
    output = subprocess.check_output(["docker", "run", "--rm", "harvester-test", "--version"], text=True)
    assert output.startswith("harvester, version")


@pytest.mark.skipif(docker(), reason="the image itself is built here")
def test_steps_of_the_image_lead_to_a_healthy_daemon_that_stops(tmp_path: Path):
    folders, last = Folders(tmp_path), {}
    for word, rest in steps():
        folders.run(word, rest)
        last[word] = rest
    data = tmp_path / "data"
    assert folders.at == data
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    (data / "config.toml").write_text(f'[daemon]\nlisten = "127.0.0.1:{port}"\n')
    environment = {**os.environ, "PATH": f"{tmp_path}/opt/harvester/bin:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    command = json.loads(last["ENTRYPOINT"]) + json.loads(last["CMD"])
    daemon = subprocess.Popen(command, cwd=data, env=environment, stderr=subprocess.PIPE, text=True)
    probe = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    end = time.monotonic() + TIMEOUT
    while subprocess.run(probe, cwd=data, env=environment, capture_output=True).returncode:
        assert daemon.poll() is None
        assert time.monotonic() < end
        time.sleep(0.5)
    daemon.send_signal(signal.Signals[last["STOPSIGNAL"]])
    _, output = daemon.communicate(timeout=TIMEOUT)
    assert daemon.returncode == 0, output
    lines = [json.loads(line) for line in output.splitlines()]
    warnings = [line["message"] for line in lines if line["level"] != "info"]
    assert [words.partition(";")[0] for words in warnings] == ["no source has a schedule"]
