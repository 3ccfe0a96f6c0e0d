"""The line of each key and value in a TOML file, which the parser of the standard library does not give.

The text must be valid TOML: it is only scanned here.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # up to two quotes may come before the closing three
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]+")  # numbers, dates, true and false


def locate(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and array element, by its path in the parsed document."""
    return _Scanner(text).lines()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._position = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", self._text))]
        self._lines: dict[Path, int] = {}
        self._rows: dict[Path, int] = {}  # the index of the last [[table]] of each array of tables

    def lines(self) -> dict[Path, int]:
        table: Path = ()
        self._skip()
        while self._position < len(self._text):
            table = self._header() if self._next() == "[" else self._assignment(table)
            self._skip()
        return self._lines

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table that follows."""
        row = self._text.startswith("[[", self._position)
        self._position += 2 if row else 1
        path = self._key(())
        self._expect("]]" if row else "]")
        if not row:
            return path
        self._rows[path] = self._rows.get(path, -1) + 1
        return self._record((*path, self._rows[path]))

    def _assignment(self, table: Path) -> Path:
        """`key = value`; returns `table`, which stays the current one."""
        path = self._key(table)
        self._expect("=")
        self._value(path)
        return table

    def _key(self, base: Path) -> Path:
        """A bare, quoted or dotted key below `base`; records each of its parts."""
        while True:
            self._skip()
            if quoted := _STRING.match(self._text, self._position):
                (part,) = tomllib.loads(f"{quoted[0]} = 0")
                self._position = quoted.end()
            else:
                bare = _BARE_KEY.match(self._text, self._position)
                assert bare, "not valid TOML"
                part, self._position = bare[0], bare.end()
            base = self._record((*self._last_row(base), part))
            self._skip()
            if self._next() != ".":
                return base
            self._position += 1

    def _last_row(self, path: Path) -> Path:
        """The path of the last row, if the path is an array of tables: keys below it belong to that row."""
        return (*path, self._rows[path]) if path in self._rows else path

    def _value(self, path: Path) -> None:
        self._skip()
        if self._next() == "[":
            self._array(path)
        elif self._next() == "{":
            self._inline_table(path)
        else:
            value = _STRING.match(self._text, self._position) or _PLAIN.match(self._text, self._position)
            assert value, "not valid TOML"
            self._position = value.end()

    def _array(self, path: Path) -> None:
        self._expect("[")
        index = 0
        while not self._closes("]"):
            self._value(self._record((*path, index)))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._expect("{")
        while not self._closes("}"):
            self._assignment(path)

    def _closes(self, bracket: str) -> bool:
        """Whether the bracket comes next, perhaps after a comma; if so, moves past it."""
        self._skip()
        if self._next() == ",":
            self._position += 1
            self._skip()
        if self._next() != bracket:
            return False
        self._position += 1
        return True

    def _record(self, path: Path) -> Path:
        """Records the present line for the path, and returns the path."""
        self._lines.setdefault(path, bisect_right(self._starts, self._position))
        return path

    def _next(self) -> str:
        return self._text[self._position : self._position + 1]

    def _expect(self, expected: str) -> None:
        """Moves past the expected characters."""
        self._skip()
        assert self._text.startswith(expected, self._position), "not valid TOML"
        self._position += len(expected)

    def _skip(self) -> None:
        """Moves past white space and comments."""
        space = _SPACE.match(self._text, self._position)
        assert space
        self._position = space.end()
