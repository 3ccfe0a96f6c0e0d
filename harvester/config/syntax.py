"""What is wrong with a file that is not TOML, in words for a person who does not know TOML. Pure.

The parser of the standard library names the place. What a person did there is read from the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from msgspec import Struct

from harvester.config.problems import without_credentials

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_ASSIGNMENT = re.compile(r"""(\s*[\w."'-]+\s*=\s*)(.*)""")
_CURLY = "“”„‟‘’‚‛«»‹›"
_STRAIGHT = str.maketrans(dict.fromkeys(_CURLY, '"'))
_SECRET = re.compile("passw|secret|token|webhook|header|authorization|[-_]key", re.IGNORECASE)
_WORDS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_NOTHING = ("none", "null", "nil")
_TRANSLITERATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "o"})


class _Place(Struct, frozen=True):
    """Where the parser stopped: its message, the line, and what follows there."""

    message: str
    number: int
    line: str
    rest: str


def explained(message: str, text: str) -> tuple[int, str]:
    """The line and the sentence for the message of a `TOMLDecodeError` about this text."""
    place = _place(message, text)
    if twice := re.fullmatch(r"Cannot (?:declare|overwrite|mutate).*\((.+)\).*", place.message):
        return place.number, _twice(re.findall(r"'([^']*)'", twice[1]), place.number, text)
    for explain in _EXPLANATIONS:
        if words := explain(place):
            return place.number, _without_secrets(words, place.line)
    return place.number, f"this is not TOML: {place.message}{_hint(place)}"


def _place(message: str, text: str) -> _Place:
    lines = text.splitlines() or [""]
    found = _PLACE.search(message)
    number = int(found[1]) if found and found[1] else len(lines)
    line = lines[min(number, len(lines)) - 1]
    column = int(found[2]) if found and found[2] else len(line) + 1
    return _Place(message[: found.start()] if found else message, number, line, line[column - 1 :])


def _without_secrets(words: str, line: str) -> str:
    """The words without the corrected line, which they end with, if there may be a secret in it."""
    return words.partition(": ")[0] if _SECRET.search(line) else without_credentials(words)


def _twice(names: list[str], number: int, text: str) -> str:
    """A table for the second time: what it is decides what to do."""
    name = ".".join(part if re.fullmatch(r"[\w-]+", part) and names[0] != "journals" else f'"{part}"' for part in names)
    name = name.replace('"journals"', "journals").replace('"doi"', "doi")
    header = re.compile(r"\s*\[\s*" + r"\s*\.\s*".join(f"[\"']?{re.escape(part)}[\"']?" for part in names) + r"\s*\]")
    first = next((at for at, line in enumerate(text.splitlines(), 1) if header.match(line) and at < number), None)
    merge = f"move the lines below it into the first one{f' (line {first})' if first else ''}, and delete this line"
    if names[0] == "sources" and len(names) == 2:
        return f"[{name}] is here for the second time; give it another name, or, if it is the same source, {merge}"
    return f"[{name}] is here for the second time; {merge}"


def _curly_quotes(place: _Place) -> str | None:
    value = place.line.rstrip()
    if not place.rest or place.rest[0] not in _CURLY:
        is_unended = place.message.startswith(("Illegal character", "Unterminated"))
        if not (is_unended and value and value[-1] in _CURLY):
            return None
    return f"the quotes are curly ones; TOML needs straight ones: {place.line.strip().translate(_STRAIGHT)}"


def _no_end_quote(place: _Place) -> str | None:
    if not (place.message.startswith("Illegal character") or place.message.startswith("Unterminated string")):
        return None
    value = _ASSIGNMENT.match(place.line)
    quote = next((letter for letter in place.line if letter in "\"'"), '"')
    if '"""' in place.line or "'''" in place.line or place.line.count(quote) % 2 == 0:
        return None
    example = f": {place.line.strip()}{quote}" if value and "#" not in place.line and "[" not in place.line else ""
    return f"a text has no end quote{example}"


def _word(place: _Place) -> str | None:
    """A value that other languages have."""
    word = re.match(r"[A-Za-z]+", place.rest)
    value = _ASSIGNMENT.match(place.line)
    if not (word and value and place.message.startswith(("Invalid value", "Expected newline"))):
        return None
    if value[2].split("#")[0].strip() != word[0]:
        return None
    if word[0].lower() in _NOTHING:
        return f"{word[0]} is not a value; delete the line, and the setting has its default"
    meant = _WORDS.get(word[0].lower())
    return f"{word[0]} is not a value; write {value[1].strip()} {meant}" if meant else None


def _name_in_brackets(place: _Place) -> str | None:
    """A table whose name has other letters than TOML allows without quotes."""
    if not place.line.lstrip().startswith("["):
        return None
    inside = place.line.strip().strip("[]")
    head, _, name = inside.partition(".")
    if head.strip() != "sources" or '"' in name or "]" not in place.line:
        return None
    ascii_name = unicodedata.normalize("NFKD", name.translate(_TRANSLITERATED)).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", ascii_name).strip("-")
    return f"the name of a source has only the letters a-z, digits, - and _: write [sources.{plain or 'journal'}]"


def _no_end_bracket(place: _Place) -> str | None:
    if place.line.lstrip().startswith("[") and "]" not in place.line:
        return f"the name of a table ends with ]: write {place.line.strip()}]"
    return None


def _colon(place: _Place) -> str | None:
    """`key: value`, as in YAML."""
    pair = re.match(r"\s*([\w-]+)\s*:\s*(.+)", place.line)
    return f"a key needs = and not a colon: {pair[1]} = {pair[2].strip()}" if pair else None


def _unquoted(place: _Place) -> str | None:
    """A text without quotes, alone on its line."""
    value = _ASSIGNMENT.match(place.line)
    if not value or not place.message.startswith(("Invalid value", "Expected newline")):
        return None
    text = re.split(r"\s#", value[2])[0].strip()
    if not text:
        return f"a value is missing after =: write {value[1].strip()} and then the value, or delete the line"
    if re.fullmatch(r"-?\d+,\d+", text):
        return f"a number has a point and not a comma: {value[1].strip()} {text.replace(',', '.')}"
    if re.search(r"[\"'\[\]{}]", text):
        return None
    return f'a text needs quotes: {value[1].strip()} "{text}"'


def _no_equals_sign(place: _Place) -> str | None:
    pair = re.match(r"\s*([\w-]+)\s+([\"'\[\w].*)", place.line)
    if not (pair and place.message.startswith("Expected '='")):
        return None
    return f"a key needs = before its value: {pair[1]} = {pair[2].strip()}"


def _key_twice(place: _Place) -> str | None:
    if not place.message.startswith("Cannot overwrite"):
        return None
    key = _ASSIGNMENT.match(place.line)
    return f"{key[1].strip(' =') if key else 'this key'} is in its table for the second time; delete one of both lines"


def _backslash(place: _Place) -> str | None:
    if "Unescaped" in place.message or "Invalid hex" in place.message:
        return "a text with \\ needs single quotes: 'C:\\folder'"
    return None


def _list(place: _Place) -> str | None:
    value = _ASSIGNMENT.match(place.line)
    if place.message == "Invalid value" and value and value[2].startswith("["):
        return 'the texts in a list need quotes: formats = ["jats", "oai_dc"]'
    if place.message.startswith("Unclosed array"):
        return 'a list has no end, or no comma between two values: formats = ["jats", "oai_dc"]'
    return None


def _hint(place: _Place) -> str:
    return "; a text needs quotes, a key needs = and a value" if re.search("nvalid|Expected", place.message) else ""


_EXPLANATIONS: tuple[Callable[[_Place], str | None], ...] = (
    _curly_quotes,
    _name_in_brackets,
    _no_end_bracket,
    _no_end_quote,
    _word,
    _colon,
    _unquoted,
    _no_equals_sign,
    _key_twice,
    _backslash,
    _list,
)
