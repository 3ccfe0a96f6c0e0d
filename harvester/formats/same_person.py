"""Whether two names may be those of one person."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from harvester.formats.languages import script_of
from harvester.model import AltName, Contributor

_script = lru_cache(1 << 12)(script_of)
_WORD = re.compile(r"[^\W\d_]{2,}")


def may_be_one_person(name: AltName, other: AltName) -> bool:
    """Whether the names have different scripts, a word in common, or the same initials of all parts that both have."""
    ours, theirs = _whole(name), _whole(other)
    if _script(ours) != _script(theirs):
        return True
    if name.given and other.given and name.surname == other.surname:  # relatives, or one person with and without a part
        return initial(name.given) == initial(other.given) or bool(_words(name.given) & _words(other.given))
    if _words(ours) & _words(theirs):
        return True
    if bool(name.given) != bool(other.given):  # one is a whole name in one piece
        return False
    return initial(name.surname or "") == initial(other.surname or "") and (
        initial(name.given or "") == initial(other.given or "")
    )


def have_same_beginning(person: Contributor, other: Contributor) -> bool:
    """Whether the family names have different scripts, or begin with the same letter."""
    first, second = person.surname or person.name or "", other.surname or other.name or ""
    return person.kind == other.kind and (initial(first) == initial(second) or _script(first) != _script(second))


def initial(name: str) -> str:
    """The first letter without its accents, in lower case."""
    return unicodedata.normalize("NFD", name)[:1].lower()


def _whole(name: AltName) -> str:
    return " ".join(filter(None, (name.given, name.surname, name.name)))


def _words(whole: str) -> set[str]:
    letters = unicodedata.normalize("NFD", whole.casefold())
    return set(_WORD.findall("".join(each for each in letters if not unicodedata.combining(each))))
