"""Whether two names may be those of one person."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from harvester.formats.languages import script_of
from harvester.model import AltName, Contributor

_script = lru_cache(1 << 12)(script_of)
_ALIKE = 0.7  # the share of equal letters in two spellings of a name: Orlov, Orloff
_WORD = re.compile(r"[^\W\d_]{2,}")


def may_be_one_person(name: AltName, other: AltName) -> bool:
    """Whether the names have different scripts, or are alike in family name and given name, in any order.

    A given name alone proves nothing: nobody can tell whether Lara Kelso and Lara Obi are one person who married.
    """
    if name == other or _script(_whole(name)) != _script(_whole(other)):
        return True
    ours, theirs = _words(_whole(name)), _words(_whole(other))
    if ours and theirs and (ours <= theirs or theirs <= ours):
        return True
    if not name.given and not other.given:
        return False
    if not name.given or not other.given:  # one is a whole name in one piece
        surname = (name if name.given else other).surname or ""
        return bool(_words(surname) & (theirs if name.given else ours))
    if not _are_alike(name.surname or "", other.surname or ""):
        return False
    return initial(name.given) == initial(other.given) or bool(_words(name.given) & _words(other.given))


def _are_alike(surname: str, other: str) -> bool:
    """Whether family names have a word in common, or are nearly spelled the same: Chekhov, Tchekhov."""
    if _words(surname) & _words(other):
        return True
    return SequenceMatcher(None, _plain(surname), _plain(other)).ratio() >= _ALIKE


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
    return set(_WORD.findall(_plain(whole)))


def _plain(name: str) -> str:
    """The name in lower case, without accents."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
