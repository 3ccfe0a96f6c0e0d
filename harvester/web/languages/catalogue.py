"""The words of one language, from its files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from itertools import islice
from pathlib import Path

from harvester import findings
from harvester.registration.registrar import AGENCIES
from harvester.web.languages import numbers
from harvester.web.languages.templates import Template, filled, is_number, is_words, with_elements

NAMES = {"en": "English", "es": "Español", "ru": "Русский"}  # each in its own words
_HERE = Path(__file__).parent
_REMEMBERED = 4_000  # texts of each language
_LONGEST = 2_000  # characters of a text that is looked for
_DEEPEST = 6  # texts inside of each other
_BETWEEN = re.compile(": |; ")
_OUR_WORDS = frozenset({"field", "medium", "what", "problem", "condition", "by_title", "otherwise"})
_FORMAT = re.compile("[a-z][a-z0-9]*_[a-z0-9_]+")  # a metadata prefix, before what is said about it
Words = str | Mapping[str, str]  # a translation, or its forms by number


class Language:
    """What says a text of the page in another language.

    `texts`: translations by their English texts. `coded`: those of sentences that have a code, by `CODE.PART`.
    """

    def __init__(self, code: str, texts: Mapping[str, Words], coded: Mapping[str, str]) -> None:
        self.code = code
        self._coded = coded
        self._plain: dict[str, str] = {}
        self._templates: list[tuple[Template, Words]] = []
        for english, words in texts.items():
            self._add(english, words)
        self._templates.sort(key=lambda one: -one[0].literal)  # the most definite one first
        self._known = lru_cache(_REMEMBERED)(self._say)

    def _add(self, english: str, words: Words) -> None:
        forms = [english] if isinstance(words, str) else [words["en_one"], english]
        for one in map(with_elements, forms):
            if isinstance(words, str) and "{" not in one:
                self._plain[one] = with_elements(words)
            else:
                self._templates.append((Template(one), words))

    def say(self, text: str, depth: int = 0) -> str | None:
        """The text in this language; `None` if its words are not known. `depth`: how many texts it is inside of."""
        return None if depth > _DEEPEST or len(text) > _LONGEST else self._known(text, depth)

    def _say(self, text: str, depth: int) -> str | None:
        if (known := self._plain.get(text)) is not None:
            return known
        if numbers.is_number(text):
            return numbers.number(self.code, text)
        for template, words in self._templates:
            values = template.values(text)
            if values is not None and (said := self._filled(words, values, depth)) is not None:
                return said
        return self._as_clauses(text, depth) or self._as_sentence(text, depth)

    def _as_clauses(self, text: str, depth: int) -> str | None:
        """Clauses that are known, as `oai_dc: what is wrong; what to do`."""
        for found in islice(_BETWEEN.finditer(text), _DEEPEST):
            first, rest = text[: found.start()], text[found.end() :]
            said = first if found[0] == ": " and _FORMAT.fullmatch(first) else self.say(first, depth + 1)
            if said is not None and (others := self.say(rest, depth + 1)) is not None:
                return f"{said}{found[0]}{others}"
        return None

    def _as_sentence(self, text: str, depth: int) -> str | None:
        """A clause that was made a sentence by a capital and a full stop."""
        if not text.endswith(".") or not text[0].isupper():
            return None
        said = self.say(text[0].lower() + text[1:-1], depth + 1)
        return None if said is None else f"{said[0].upper()}{said[1:]}."

    def _filled(self, words: Words, values: Mapping[str, str], depth: int) -> str | None:
        if not isinstance(words, str):
            number = int(values["n"].replace(",", ""))
            words = words.get(numbers.form(self.code, number)) or words["other"]
        return filled(with_elements(words), values, partial(self._value, depth))

    def _value(self, depth: int, name: str, value: str) -> str | None:
        if is_number(name):
            return numbers.number(self.code, value)
        return self.say(value, depth + 1) if is_words(name) else value

    def say_as(self, key: str, text: str) -> str | None:
        """A sentence that was made of the English words with this key; `None` if it was not, or they are not known."""
        english, words = _english().get(key), self._coded.get(key)
        if english is None or words is None or len(text) > _LONGEST:
            return None
        values = english.values(" ".join(text.split()))
        return None if values is None else filled(words, values, self._detail)

    def _detail(self, name: str, value: str) -> str:
        """A value of a sentence: some are words of ours, the others text of a record."""
        bare = value.strip()
        said = self.say(bare) if bare and name in _OUR_WORDS else None
        return value if said is None else value.replace(bare, said)


@cache
def language(code: str) -> Language:
    """The language with this code, one of `NAMES` but English."""
    texts = tomllib.loads((_HERE / f"{code}.toml").read_text(encoding="utf-8"))
    coded: dict[str, dict[str, str]] = {}
    for file in ("findings", "messages"):
        coded |= tomllib.loads((_HERE / f"{file}.{code}.toml").read_text(encoding="utf-8"))
    return Language(code, texts, {f"{one}.{part}": text for one, row in coded.items() for part, text in row.items()})


@cache
def coded_texts() -> Mapping[str, str]:
    """The English words of all sentences that have a code, by `CODE.PART`."""
    found: dict[str, str] = {}
    for code, kind in findings.kinds().items():
        parts = {"message": kind.message, "fix": kind.fix, "cause": kind.cause, "example": _literal(kind.example)}
        found |= {f"{code}.{part}": text for part, text in parts.items()}
    for name, agency in AGENCIES.items():
        for entry, row in agency.messages.entries.items():
            parts = {"sentence": row.sentence, "registered": row.sentence_registered or "", "next": row.next}
            found |= {f"{name}-{entry}.{part}": text for part, text in parts.items() if text}
    return {key: " ".join(text.split()) for key, text in found.items()}


def _literal(text: str) -> str:
    """A text whose braces are no places for values."""
    return text.replace("{", "{{").replace("}", "}}")


@cache
def _english() -> Mapping[str, Template]:
    return {key: Template(text) for key, text in coded_texts().items()}
