"""Text on terminals of different widths, and in pipes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.cli import terminal
from harvester.cli.terminal import columns, echo, width_of, wrapped


class Terminal(io.StringIO):
    """Output that a terminal of no known width gets."""

    def isatty(self) -> bool:
        return True


def test_control_characters_of_a_record_are_escaped(capsys):
    echo("title \x1b[2J\x9b31m\x07 end")
    assert capsys.readouterr().out == "title \\x1b[2J\\x9b31m\\x07 end\n"


def test_other_programs_get_whole_lines_without_colour(capsys):
    echo(f"error  {'word ' * 40}end", tone="error", err=True)
    assert capsys.readouterr().err == f"error  {'word ' * 40}end\n"
    assert columns(Terminal()) is None


def test_lines_to_copy_are_whole(capsys, monkeypatch):
    """The comment of a setting that went on in a second line would not be TOML."""
    monkeypatch.setattr(terminal, "columns", lambda stream: 40)
    line = "overlap = 172800  # records enter the lists after their datestamps"
    echo(line, whole=True)
    assert capsys.readouterr().out == f"{line}\n"
    echo(line)
    assert capsys.readouterr().out.count("\n") == 2


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("one two three four five six", ["one two three four", "five six"]),
        ("  - one two three four five", ["  - one two three", "    four five"]),
        ("  doi  one two three four five", ["  doi  one two three", "       four five"]),
        ("    one two three four", ["    one two three", "    four"]),
        ("see https://journal.example.org/article/1 there", ["see", "https://journal.example.org/article/1", "there"]),
        ("期刊期刊 期刊期刊 期刊期刊", ["期刊期刊 期刊期刊", "期刊期刊"]),
    ],
)
def test_lines_break_at_blanks_and_are_indented_as_their_text(line, lines):
    assert wrapped(line, 20) == lines


@given(st.lists(st.text("abcé期", min_size=1, max_size=12), min_size=1), st.integers(24, 60), st.integers(0, 8))
def test_no_word_is_lost_or_broken(words, width, indent):
    lines = wrapped(" " * indent + " ".join(words), width)
    assert " ".join(lines).split() == words
    assert all(width_of(line) <= max(width, indent + max(map(width_of, words))) for line in lines)
    assert all(line.startswith(" " * indent) for line in lines)
