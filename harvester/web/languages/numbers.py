"""Numbers by language, and which form of a word goes with a number.

The forms are those of the Common Locale Data Repository for whole numbers; three languages are not worth a library of
36 MB (Babel).
"""

from __future__ import annotations

import re
from typing import Literal

Form = Literal["one", "few", "many", "other"]

FORMS: dict[str, tuple[Form, ...]] = {  # those of whole numbers
    "en": ("one", "other"),
    "es": ("one", "many", "other"),
    "ru": ("one", "few", "many"),
}
_NARROW = "\u00a0"  # which no line is broken at
_ALONE = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+\.\d+")


def form(language: str, number: int) -> Form:
    """The form of a word after this number."""
    if language == "ru":
        return _russian(number)
    if number == 1:
        return "one"
    return "many" if language == "es" and number and number % 1_000_000 == 0 else "other"


def _russian(number: int) -> Form:
    tens, ones = number % 100 // 10, number % 10
    if ones == 1 and tens != 1:
        return "one"
    return "few" if ones in (2, 3, 4) and tens != 1 else "many"


def number(language: str, english: str) -> str:
    """A number as English writes it, `1,234.5`, in the way of the language."""
    whole, point, fraction = english.partition(".")
    if language == "ru":
        return whole.replace(",", _NARROW) + ("," if point else "") + fraction
    if language == "es":
        short = len(whole.lstrip("-").replace(",", "")) < 5  # 1234, but 12.345
        return whole.replace(",", "" if short else ".") + ("," if point else "") + fraction
    return english


def is_number(text: str) -> bool:
    """Whether a text is nothing but a number that languages write in different ways."""
    return _ALONE.fullmatch(text) is not None
