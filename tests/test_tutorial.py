"""The tutorial does what it says: each command runs as written, and prints what the page shows.

Blocks `sh` are commands, `text` is what the commands above it print, `diff` is an edit of config.toml.
KEEP_TUTORIAL=1 writes what the commands print into the page; look at what has changed.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from harvester.cli.terminal import wrapped
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "tutorial.md"
PORT, HOME = "8021", "/home/anna"
BLOCK = re.compile(r"(?:<!-- answers: (?P<answers>.*) -->\n\n)?```(?P<kind>sh|text|diff)\n(?P<body>.*?)```", re.DOTALL)
CHANGING = {  # times
    r"\b\d{17}\b": "20261130120000000",
    r"\b\d{4}-\d\d-\d\d \d\d:\d\d UTC": "2026-11-30 12:00 UTC",
    r"(?<= )\d+\.\d{3}$": "0.250",
}


class Reader:
    """Somebody who follows the page in a folder."""

    def __init__(self, folder: Path) -> None:
        self.home = self.folder = folder
        self.port = "0"  # any free one, until the provider says which
        self.environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TZ": "UTC"}
        self.server: subprocess.Popen[str] | None = None

    def run(self, commands: str, answers: str | None) -> str:
        """What the commands print, as on the page. A provider keeps running after its first lines."""
        commands = commands.replace(PORT, self.port)
        if "--serve" in commands:
            printed = self._serve(commands)
        elif answers is not None:
            printed = self._answer(commands, answers.split("|"))
        else:
            printed = self._bash(commands)
        for name in re.findall(r"^cd (\S+)$", commands, re.MULTILINE):
            self.folder /= name
        return printed.replace(self.port, PORT).replace(str(self.home), HOME)

    def edit(self, diff: str) -> None:
        """Applies lines with -, + and blank to config.toml, where the old ones have to be once."""
        lines = [line.replace(PORT, self.port) for line in diff.splitlines(keepends=True)]
        old, new = ("".join(line[1:] for line in lines if line[0] in signs) for signs in (" -", " +"))
        path = self.folder / "config.toml"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _bash(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def _serve(self, command: str) -> str:
        self.server = subprocess.Popen(
            command.split(),
            cwd=self.folder,
            env={**self.environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.server.stdout
        printed = "".join(self.server.stdout.readline() for _ in range(3))
        [self.port, *_] = re.findall(r":(\d+)/", printed)
        return printed

    def _answer(self, command: str, answers: list[str]) -> str:
        """What a terminal shows when somebody types the answers, each after its question."""
        controller, terminal = pty.openpty()
        modes = termios.tcgetattr(terminal)
        modes[1] &= ~termios.OPOST  # lines end as they are written
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(terminal, termios.TCSANOW, modes)
        termios.tcsetwinsize(terminal, (50, 120))
        process = subprocess.Popen(
            command.split(), cwd=self.folder, env=self.environment, stdin=terminal, stdout=terminal, stderr=terminal
        )
        os.close(terminal)
        shown, left = b"", list(answers)
        with suppress(OSError):  # the other end is closed
            while output := os.read(controller, 65536):
                shown += output
                if output.endswith(b": ") and left:
                    answer = left.pop(0).encode() + b"\n"
                    os.write(controller, answer)
                    shown += answer
        os.close(controller)
        assert (process.wait(timeout=60), left) == (0, [])
        return shown.decode()


@contextmanager
def reader(folder: Path) -> Iterator[Reader]:
    somebody = Reader(folder)
    try:
        yield somebody
    finally:
        if somebody.server:
            somebody.server.terminate()
            somebody.server.communicate(timeout=60)


def steady(text: str) -> str:
    """The text as on a terminal of 100 columns, with the same times always."""
    for pattern, replacement in CHANGING.items():
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    lines = (line for whole in text.split("\n") for line in wrapped(whole, 100))
    return "\n".join(line.rstrip() for line in lines)


def follow(page: str, somebody: Reader) -> Iterator[tuple[re.Match[str], str]]:
    """Does all that the page says. Yields each text of the page with what was printed instead."""
    printed = ""
    for block in BLOCK.finditer(page):
        if block["kind"] == "sh":
            printed = steady(somebody.run(block["body"], block["answers"]))
        elif block["kind"] == "diff":
            somebody.edit(block["body"])
        else:
            yield block, printed


@pytest.mark.slow  # it starts a process for each command
def test_the_tutorial_does_what_it_says(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    with reader(tmp_path) as somebody:
        blocks = list(follow(page, somebody))
    if os.environ.get("KEEP_TUTORIAL"):
        for block, printed in reversed(blocks):  # from the end, so that the places of the others stay right
            page = page[: block.start("body")] + printed + page[block.end("body") :]
        PAGE.write_text(page, encoding="utf-8")
        return
    for block, printed in blocks:
        assert printed == steady(block["body"])


def test_an_edit_needs_its_old_lines_once(tmp_path):
    somebody = Reader(tmp_path)
    (tmp_path / "config.toml").write_text("a = 1\nb = 2\nb = 2\n")
    somebody.edit(" a = 1\n+c = 3\n")
    assert (tmp_path / "config.toml").read_text() == "a = 1\nc = 3\nb = 2\nb = 2\n"
    for diff in ("-d = 4\n", "-b = 2\n"):
        with pytest.raises(AssertionError):
            somebody.edit(diff)
