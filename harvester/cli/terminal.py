"""Text that fits the terminal: wrapped at blanks, and coloured where colour has a meaning.

Pipes and files get the same text unwrapped and without colour. So one line of output stays one line for other programs.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Literal, TextIO

import click

Tone = Literal["error", "warning", "info", "good"]
_COLOURS: dict[Tone, str] = {"error": "red", "warning": "yellow", "info": "cyan", "good": "green"}

# Text of a record must not control the terminal, so control characters are printed as escapes.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}
_FEWEST = 40  # columns; a terminal that says less is one of a test, or does not know
_LABEL = re.compile(r" *(?:- )?(?:\S+(?: \S+){0,2} {2,})?")  # what the lines below it are indented by
_LONGEST_LABEL = 16
_BLOCK = 1000  # characters: at most 4,096 bytes, which a pipe takes whole or not at all (POSIX, PIPE_BUF)


def echo(text: str = "", *, tone: Tone | None = None, err: bool = False, whole: bool = False) -> None:
    """Prints text to stdout or stderr. `tone` colours each first line up to two blanks, or as a whole.

    `whole` lines are not wrapped: commands and lines of a file are there to be copied.
    """
    stream = sys.stderr if err else sys.stdout
    width = None if whole else columns(stream)
    lines = []
    for line in text.translate(_CONTROLS).split("\n"):
        first, *rest = wrapped(line, width)
        lines += [_coloured(first, tone) if tone and _has_colour(stream) else first, *rest]
    for block in _blocks(lines):
        click.echo("\n".join(block), err=err)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """The lines in blocks to print at once, as each call writes.

    Of a larger write, a pipe whose reader has gone may take a part. With PYTHONUNBUFFERED nobody learns of the rest.
    """
    block, size = list[str](), 0
    for line in lines:
        if block and size + len(line) >= _BLOCK:
            yield block
            block, size = [], 0
        block.append(line)
        size += len(line) + 1
    yield block


def columns(stream: TextIO) -> int | None:
    """The width of the terminal behind a stream; `None` if it is not one."""
    try:
        if not stream.isatty():
            return None
        return max(_FEWEST, os.get_terminal_size(stream.fileno()).columns or 80)
    except (OSError, ValueError):  # it says that it is a terminal, and is not; or it is closed
        return None


def wrapped(line: str, width: int | None) -> list[str]:
    """The line in lines of at most `width` columns, broken at blanks. The other lines are indented as its text is.

    A word that is too long, such as an address, stays whole, so that it can be copied.
    """
    if width is None or width_of(line) <= width:
        return [line]
    label = _LABEL.match(line)
    assert label
    indent = label[0] if width_of(label[0]) <= _LONGEST_LABEL else re.match(" *", line)[0]  # type: ignore[index]
    lines = list(_filled(line[len(indent) :], width - width_of(indent)))
    return [indent + lines[0], *(" " * width_of(indent) + more for more in lines[1:])]


def _filled(text: str, width: int) -> Iterator[str]:
    """The words of the text in lines of at most `width` columns."""
    present = ""
    for part in re.findall(r"\S+ *", text) or [""]:
        if present and width_of(present + part.rstrip()) > width:
            yield present.rstrip()
            present = ""
        present += part
    yield present.rstrip()


def width_of(text: str) -> int:
    """The width on a terminal: East Asian characters have two columns, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def _has_colour(stream: TextIO) -> bool:
    """Whether the stream is a terminal with colours, and nobody objects (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and columns(stream) is not None


def _coloured(line: str, tone: Tone) -> str:
    end = line.find("  ", len(line) - len(line.lstrip()))
    marked, rest = (line, "") if end < 0 else (line[:end], line[end:])
    return click.style(marked, fg=_COLOURS[tone], bold=tone == "error") + rest
