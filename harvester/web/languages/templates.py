"""Texts with places for values: from an English sentence back to its values, and from these to another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter

_INSIDE = re.compile(r"\{(\d)\}")
_ELEMENTS = 0xE000  # private characters: the n-th one is the place of the n-th element in a text
_ONE_WORD = frozenset({"code", "id", "subject"})  # values without a blank
_NUMBER, _WORDS = re.compile(r"n\d*"), re.compile(r"words\d*")


def element(number: int) -> str:
    """The character for the element with this number, counted from 1."""
    return chr(_ELEMENTS + number)


def element_number(character: str) -> int | None:
    """The number of the element whose place a character is; `None` for all others."""
    return number if 0 < (number := ord(character) - _ELEMENTS) < 100 else None


def with_elements(text: str) -> str:
    """A text as in the files, with characters for its elements."""
    return _INSIDE.sub(lambda found: element(int(found[1])), text)


def fields(text: str) -> list[str]:
    """The names in braces, sorted, with those of elements."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def is_number(name: str) -> bool:
    return _NUMBER.fullmatch(name) is not None


def is_words(name: str) -> bool:
    return _WORDS.fullmatch(name) is not None


class Template:
    """An English text with places for values."""

    def __init__(self, english: str) -> None:
        parsed = [(literal, name) for literal, name, _, _ in Formatter().parse(english)]
        self.literal = sum(len(literal) for literal, _ in parsed)
        self._pattern = re.compile(_pattern(parsed), re.DOTALL)

    def values(self, text: str) -> Mapping[str, str] | None:
        """The values of a text that was made of this; `None` if it was not."""
        found = self._pattern.fullmatch(text)
        return found.groupdict() if found else None


def _pattern(parsed: list[tuple[str, str | None]]) -> str:
    pieces, known = [], set()
    for literal, name in parsed:
        pieces.append(re.escape(literal))
        if name is not None:
            pieces.append(f"(?P={name})" if name in known else f"(?P<{name}>{_shape(name)})")
            known.add(name)
    return "".join(pieces)


def _shape(name: str) -> str:
    if is_number(name):
        return r"-?[\d,]+(?:\.\d+)?"
    return ".+?" if is_words(name) else r"\S+" if name in _ONE_WORD else ".*?"


def filled(translation: str, values: Mapping[str, str], say: Callable[[str, str], str | None]) -> str | None:
    """A translation with its values, each as `say(name, value)` gives it; `None` if it gives `None` for one."""
    pieces = []
    for literal, name, _, _ in Formatter().parse(translation):
        pieces.append(literal)
        if name is not None:
            said = say(name, values.get(name, ""))
            if said is None:
                return None
            pieces.append(said)
    return "".join(pieces)
