"""Letters of several scripts in one word: from a keyboard layout, or from text recognition."""

from __future__ import annotations

import unicodedata

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")  # those whose letters look alike


def foreign_letters(word: str) -> str:
    """The letters of a word that are not in the script of most of its letters, each with its script and number.

    Empty if the word has only one of the Latin, Cyrillic and Greek scripts. The micro sign and letters of other scripts
    do not count.

    >>> foreign_letters("Iv\u0430n")
    '\u0430 (Cyrillic, U+0430)'
    """
    by_script: dict[str, list[str]] = {}
    for letter in word:
        if (script := _script(letter)) is not None:
            by_script.setdefault(script, []).append(letter)
    if len(by_script) < 2:
        return ""
    main = max(by_script, key=lambda script: len(by_script[script]))
    foreign = [(letter, script) for script, letters in by_script.items() if script != main for letter in letters]
    return ", ".join(dict.fromkeys(f"{letter} ({script.title()}, U+{ord(letter):04X})" for letter, script in foreign))


def _script(letter: str) -> str | None:
    name = unicodedata.name(letter, "").partition(" ")[0]
    return name if name in _SCRIPTS else None
