"""On which line of a TOML file each key and value stands; the parser of the standard library does not say.

The text must be valid TOML: this only walks over it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # up to two quotes may stand before the closing three
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]+")  # numbers, dates, true and false


def locate(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and array element, by its path in the parsed document."""
    return _Walk(text).lines()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", self._text))]
        self._found: dict[Path, int] = {}
        self._rows: dict[Path, int] = {}  # how many [[tables]] each array of tables has so far

    def lines(self) -> dict[Path, int]:
        table: Path = ()
        self._skip()
        while self._at < len(self._text):
            table = self._header() if self._here() == "[" else self._assignment(table)
            self._skip()
        return self._found

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table that follows."""
        row = self._text.startswith("[[", self._at)
        self._at += 2 if row else 1
        path = self._key(())
        self._take("]]" if row else "]")
        if not row:
            return path
        self._rows[path] = self._rows.get(path, -1) + 1
        return self._note((*path, self._rows[path]))

    def _assignment(self, table: Path) -> Path:
        """`key = value`; gives the table back, which stays the one that is open."""
        path = self._key(table)
        self._take("=")
        self._value(path)
        return table

    def _key(self, base: Path) -> Path:
        """A bare, quoted or dotted key below `base`, each of its parts noted."""
        while True:
            self._skip()
            if quoted := _STRING.match(self._text, self._at):
                (part,) = tomllib.loads(f"{quoted[0]} = 0")
                self._at = quoted.end()
            else:
                bare = _BARE_KEY.match(self._text, self._at)
                assert bare, "not valid TOML"
                part, self._at = bare[0], bare.end()
            base = self._note((*self._last_row(base), part))
            self._skip()
            if self._here() != ".":
                return base
            self._at += 1

    def _last_row(self, path: Path) -> Path:
        """What is said below an array of tables is said of its last row."""
        return (*path, self._rows[path]) if path in self._rows else path

    def _value(self, path: Path) -> None:
        self._skip()
        if self._here() == "[":
            self._array(path)
        elif self._here() == "{":
            self._inline_table(path)
        else:
            value = _STRING.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
            assert value, "not valid TOML"
            self._at = value.end()

    def _array(self, path: Path) -> None:
        self._take("[")
        index = 0
        while not self._closes("]"):
            self._value(self._note((*path, index)))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._take("{")
        while not self._closes("}"):
            self._assignment(path)

    def _closes(self, bracket: str) -> bool:
        """Whether the bracket comes next, commas apart; it is taken then."""
        self._skip()
        if self._here() == ",":
            self._at += 1
            self._skip()
        if self._here() != bracket:
            return False
        self._at += 1
        return True

    def _note(self, path: Path) -> Path:
        self._found.setdefault(path, bisect_right(self._starts, self._at))
        return path

    def _here(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, expected: str) -> None:
        self._skip()
        assert self._text.startswith(expected, self._at), "not valid TOML"
        self._at += len(expected)

    def _skip(self) -> None:
        space = _SPACE.match(self._text, self._at)
        assert space
        self._at = space.end()
