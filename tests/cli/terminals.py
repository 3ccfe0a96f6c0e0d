"""A terminal in which the program runs, and what a person sees on it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyte

_LINES = 400  # so many that nothing scrolls away


def run_in_terminal(
    args: list[str],
    folder: Path,
    columns: int,
    *,
    see: Callable[[list[str]], None] = lambda shown: None,
    **environment: str,
) -> pyte.Screen:
    """Runs the program in a terminal of that width; returns the screen at the end. `see` gets each screen before."""
    screen = pyte.Screen(columns, _LINES)
    stream = pyte.ByteStream(screen)
    controller, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, columns, 0, 0))
    variables = {**os.environ, "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "harvester", *args],
        cwd=folder,
        env=variables,
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    with suppress(OSError):  # the other end is closed
        while output := os.read(controller, 65536):
            stream.feed(output)
            see(text_of(screen))
    os.close(controller)
    process.wait(timeout=60)
    return screen


def text_of(screen: pyte.Screen) -> list[str]:
    """The lines of the screen, without blanks at their ends and without empty lines at its end."""
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def colours_of(screen: pyte.Screen) -> dict[str, str]:
    """The colour of each word that has one, by the word."""
    found: dict[str, str] = {}
    for number in range(screen.lines):
        row = screen.buffer[number]
        word, colour = "", "default"
        for column in range(screen.columns + 1):
            char = row[column] if column < screen.columns else None
            if char and char.fg == colour and char.data != " ":
                word += char.data
                continue
            if word and colour != "default":
                found[word] = colour
            word, colour = (char.data, char.fg) if char and char.data != " " else ("", "default")
    return found
