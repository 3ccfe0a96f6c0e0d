"""Letters of several scripts in one word: from a keyboard layout, or from text recognition."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")  # those whose letters look alike
_LATIN, _CYRILLIC, _GREEK = "A-Za-z\u00c0-\u024f\u1e00-\u1eff", "\u0400-\u052f", "\u0370-\u03ff\u1f00-\u1fff"
# A letter of one script next to one of another. Nearly all texts have none, and most are in one script.
_NOT_LATIN = re.compile(f"[{_CYRILLIC}{_GREEK}]")
_CHANGE = re.compile(
    "|".join(
        f"[{one}](?:(?=[{others}])|(?<=[{others}].))"
        for one, others in ((_LATIN, _CYRILLIC + _GREEK), (_GREEK, _CYRILLIC))
    )
)
_WORD = re.compile(r"[^\W\d_]+")

# The letters of the first script that look like some of the second. Of the small Greek letters only omicron: NFκB.
_LOOK_ALIKE = {
    ("CYRILLIC", "LATIN"): frozenset("аеорсухіјѕһёАВЕКМНОРСТХУІЈЅЁ"),
    ("LATIN", "CYRILLIC"): frozenset("aeopcyxijshëABEKMHOPCTXYIJSË"),
    ("GREEK", "LATIN"): frozenset("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"),
    ("LATIN", "GREEK"): frozenset("ovABEZHIKMNOPTYX"),
    ("GREEK", "CYRILLIC"): frozenset("οΑΒΕΗΙΚΜΟΡΤΧ"),
    ("CYRILLIC", "GREEK"): frozenset("оАВЕКМНОРТХ"),
}


def foreign_letters(word: str) -> str:
    """The letters of a word that are not in the script of most of its letters, each with its script and number.

    Empty if the word has only one of the Latin, Cyrillic and Greek scripts. The micro sign and letters of other scripts
    do not count.

    >>> foreign_letters("Iv\u0430n")
    '\u0430 (Cyrillic, U+0430)'
    """
    by_script = _by_script(word) if _has_change(word) else {}
    if len(by_script) < 2:
        return ""
    main = max(by_script, key=lambda script: len(by_script[script]))
    foreign = [(letter, script) for script, letters in by_script.items() if script != main for letter in letters]
    return ", ".join(dict.fromkeys(f"{letter} ({script.title()}, U+{ord(letter):04X})" for letter, script in foreign))


def words_with_look_alikes(text: str) -> Iterator[str]:
    """The words of a text in which all letters of one script look like those of the others.

    Unlike a name, a text has words that are meant to have two scripts: `TNF\u03b1`, `\u0394T`, `PR\u0449\u0438\u043a`.

    >>> list(words_with_look_alikes("The w\u043erd \u03b2-carotene"))
    ['w\u043erd']
    """
    if not _has_change(text):
        return
    for word in _WORD.findall(text):
        if (letters := _look_alikes(word)) and not (word.endswith(letters) and _is_in_script_of(letters, text)):
            yield word


def _has_change(text: str) -> bool:
    return not text.isascii() and _NOT_LATIN.search(text) is not None and _CHANGE.search(text) is not None


def _look_alikes(word: str) -> str:
    """The letters of the script with fewer letters, if all of them look like letters of the other one."""
    by_script = _by_script(word) if _has_change(word) else {}
    if len(by_script) != 2 or _is_formula(word):
        return ""
    main, foreign = sorted(by_script, key=lambda script: -len(by_script[script]))
    letters = "".join(by_script[foreign])
    fewest = max(len(letters), 3 if main == "GREEK" else 2)  # integrins: \u03b1M\u03b22
    if len(by_script[main]) < fewest or not _LOOK_ALIKE[foreign, main].issuperset(letters):
        return ""
    return "" if word.startswith(letters) and _is_put_together(letters, word[len(letters) :]) else letters


def _is_put_together(start: str, rest: str) -> bool:
    """Whether an abbreviation has an ending, or a letter before it: PC\u0448\u043d\u0438\u043a, p\u0414\u041d\u041a."""
    return (len(start) > 1 and start.isupper() and rest.islower()) or (start.islower() and rest.isupper())


def _is_in_script_of(letters: str, text: str) -> bool:
    """Whether most letters of the text are in the script of these: the ending of a foreign word, Facebook\u0430."""
    scripts = [script for script in map(_script, text) if script]
    return scripts.count(_script(letters[0]) or "") * 2 > len(scripts)


def _is_formula(word: str) -> bool:
    """Whether capitals are inside a word with small letters: NaCl, HbA."""
    return not word.isupper() and sum(map(str.isupper, word)) > 1


def _by_script(word: str) -> dict[str, list[str]]:
    by_script: dict[str, list[str]] = {}
    for letter in word:
        if (script := _script(letter)) is not None:
            by_script.setdefault(script, []).append(letter)
    return by_script


@lru_cache(1 << 10)
def _script(letter: str) -> str | None:
    name = unicodedata.name(letter, "").partition(" ")[0]
    return name if name in _SCRIPTS else None
