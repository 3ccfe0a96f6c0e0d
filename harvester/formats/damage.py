"""Damage that is visible in a text: wrong encodings, lost ligatures, control characters, TeX (mapping D8).

Each is reported with the probable text. `repair_text` inserts the probable text; it is called only if the configuration
of the source asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from harvester.model import Finding
from harvester.text import Inline, Span, Text, is_printable, plain, text

_EXCERPT_LENGTH = 80  # characters of a finding's value

# C0 and C1 except tab and line ends; DEL; the two noncharacters U+FFFE and U+FFFF.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# Soft hyphens, zero-width spaces, word joiners, byte order marks and direction marks. U+200C and U+200D belong to the
# spelling of Persian and Indic words, and U+2061 to U+2064 to formulas.
_INVISIBLE = "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ufeff"
_TEX = re.compile(
    r"\$[^$]{0,200}[\\^_{][^$]{0,200}\$|\\[a-zA-Z]{2,20}\s?\{|"
    r"\\(?:alpha|beta|gamma|delta|epsilon|lambda|mu|nu|pi|sigma|tau|phi|omega|infty|times|cdot|leq|geq|sim|approx|to)\b"
)


def text_findings(path: str, content: str) -> list[Finding]:
    """The findings about one text at `path`. TeX is reported in titles only."""
    findings: list[Finding] = []
    if has_controls(content):
        findings.append(Finding("control-characters", path, _excerpt(_CONTROL.sub("\u2423", content))))
    if not content.isascii():
        findings += _encoding_findings(path, content)
    findings += _ligature_findings(path, content)
    if path.startswith("titles") and ("\\" in content or "$" in content) and _TEX.search(content):
        findings.append(Finding("title-contains-tex", path, _excerpt(content)))
    return findings


def without_controls(content: Text) -> Text:
    """The text without control characters. The line end U+0085 separates words, so it becomes a space."""
    if not has_controls(plain(content)):
        return content
    return _map_strings(content, lambda part: _CONTROL.sub("", part.replace("\x85", " ")))


def has_controls(content: str) -> bool:
    """Whether the text has control characters other than tabs and line ends."""
    return not is_printable(content) and _CONTROL.search(content) is not None


def repair_text(path: str, content: Text, repairs: Iterable[str]) -> tuple[Text, list[Finding]]:
    """The text with damage of these kinds (`ligatures`, `mojibake`) repaired, and a finding for each change."""
    findings: list[Finding] = []
    content = text(content)
    for kind in repairs:
        repaired = _map_strings(content, _REPAIRS[kind])
        if repaired != content:
            findings.append(
                Finding("text-repaired", path, _excerpt(plain(content)), {"repaired": _excerpt(plain(repaired))})
            )
            content = repaired
    return content, findings


def _map_strings(content: Text, change: Callable[[str], str]) -> Text:
    return text(_map_part(part, change) for part in content)


def _map_part(part: Inline, change: Callable[[str], str]) -> Inline:
    if isinstance(part, Span):
        return Span(part.style, tuple(_map_part(inner, change) for inner in part.inline))
    return change(part) if isinstance(part, str) else part


def _excerpt(content: str) -> str:
    return content if len(content) <= _EXCERPT_LENGTH else content[: _EXCERPT_LENGTH - 1] + "\u2026"


# -------------------------------------------------------------------------------------------- encodings


def _bytes_by_character(codec: str) -> dict[str, int]:
    """The bytes 0x80 to 0xFF by the character they decode to. Undefined bytes decode to C1 characters."""
    pairs = {bytes([byte]).decode(codec, "replace"): byte for byte in range(0x80, 0x100)}
    pairs.pop("\ufffd", None)
    return {chr(byte): byte for byte in range(0x80, 0xA0)} | pairs


_CP1252, _CP1251 = _bytes_by_character("cp1252"), _bytes_by_character("cp1251")


def _character_class(table: dict[str, int], first: int, last: int) -> str:
    return "[" + "".join(re.escape(letter) for letter, byte in table.items() if first <= byte <= last) + "]"


_CONT_1252, _CONT_1251 = _character_class(_CP1252, 0x80, 0xBF), _character_class(_CP1251, 0x80, 0xBF)

# UTF-8 decoded as Windows-1252. Only sequences that occur in no language: A with tilde or circumflex before a sign;
# small a with circumflex and the euro sign before a sign (a quotation mark or dash); A with ring or diaeresis before a
# sign inside a word; runs of the leading bytes of Greek, Cyrillic, Arabic or Hebrew.
_MOJIBAKE_1252 = re.compile(
    rf"(?:[\u00c2\u00c3]{_CONT_1252}|\u00e2[\u20ac\u201a\u201e]{_CONT_1252}|[\u00c4\u00c5]{_CONT_1252}(?=[a-z])|"
    rf"(?:[\u00ce\u00cf\u00d0\u00d1\u00d8\u00d9\u00d7]{_CONT_1252}){{2,}})+"
)
# UTF-8 decoded as Windows-1251: every second letter is Er or Es. Three in a row, because a quoted word may end in one.
_MOJIBAKE_1251 = re.compile(rf"(?:[\u0420\u0421]{_CONT_1251}){{3,}}")

# One character class first: undamaged text is scanned in a third of the time that two alternatives take.
_MAYBE_MOJIBAKE = re.compile(
    r"[\u00c2\u00c3\u00c4\u00c5\u00ce\u00cf\u00d0\u00d1\u00d7\u00d8\u00d9\u00e2\u0420\u0421]"
    rf"(?:{_CONT_1252}|{_CONT_1251})"
)


# Cyrillic or Greek letters next to leading bytes of others that were not decoded.
_LEFT_OVER = re.compile("[\u00ce\u00cf\u00d0\u00d1][\u0370-\u04ff]|[\u0370-\u04ff][\u00ce\u00cf\u00d0\u00d1]")

# A soft hyphen may be a byte of mojibake: í becomes A with tilde and a soft hyphen.
_ONLY_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_INVISIBLE_OR_MOJIBAKE = re.compile(rf"({_MOJIBAKE_1252.pattern}|{_MOJIBAKE_1251.pattern})|[{_INVISIBLE}]")


def without_invisible(content: str, mark: str = "") -> str:
    """The text with `mark` in place of invisible characters, except for those that are bytes in a wrong encoding."""
    if "\u00ad" not in content:
        return _ONLY_INVISIBLE.sub(mark, content)
    return _INVISIBLE_OR_MOJIBAKE.sub(lambda match: match[1] or mark, content)


def _encoding_findings(path: str, content: str) -> list[Finding]:
    if _decoded(content) != content:
        repaired = repair_encoding(content)
        suggestion = _excerpt(repaired) if repaired != content else "?"
        return [Finding("encoding-suspect", path, _excerpt(content), {"suggestion": suggestion})]
    if "\ufffd" in content:
        at = content.index("\ufffd")
        return [Finding("encoding-suspect", path, _excerpt(content[max(0, at - 30) :]), {"suggestion": "?"})]
    return []


def repair_encoding(content: str) -> str:
    """The text with all mojibake decoded correctly; unchanged if some of it would be left, because bytes are lost."""
    decoded = _decoded(content)
    return content if decoded != content and _LEFT_OVER.search(decoded) else decoded


def _decoded(content: str) -> str:
    """The text with each run of mojibake decoded. A run is unchanged if its bytes are not valid UTF-8.

    A capital A with tilde or circumflex at the end of a word in capitals may be right: MANHÃ, and then a quotation mark
    or dash. It counts as damage only if other runs of the text are.
    """
    if not _MAYBE_MOJIBAKE.search(content):
        return content
    runs = list(_MOJIBAKE_1252.finditer(content))
    doubtful = {run.start() for run in runs if _may_be_right(run)}
    certain = [run for run in runs if run.start() not in doubtful and _decode(run[0], _CP1252) != run[0]]
    kept = doubtful if doubtful and (not certain or _is_encoded_correctly(content, runs)) else set()
    content = _MOJIBAKE_1252.sub(
        lambda match: match[0] if match.start() in kept else _decode(match[0], _CP1252), content
    )
    return _MOJIBAKE_1251.sub(lambda match: _decode(match[0], _CP1251), content)


def _may_be_right(run: re.Match[str]) -> bool:
    """Whether a run may be the last letter of a word in capitals, with a sign after it."""
    letter, sign = run[0][0], run[0][1:]
    before, after = run.string[: run.start()][-2:], run.string[run.end() : run.end() + 1]
    if letter not in "\u00c2\u00c3" or len(sign) != 1 or not before[-1:].isupper():
        return False
    if after.isalpha():  # MANHÃ, a dash and the next word; but KÖLN is damaged in the same way
        return sign in _DASHES and after.isupper() and _is_encoded_correctly(run.string, [run])
    return sign in _SIGNS_AFTER_WORDS or (len(before) == 2 and before.isupper() and sign not in _LETTERS_1252)


def _is_encoded_correctly(content: str, runs: list[re.Match[str]]) -> bool:
    """Whether the rest of the text has letters, quotation marks or dashes that damage would have changed."""
    rest = list(content)
    for run in runs:
        rest[run.start() : run.end()] = " " * len(run[0])
    return any(character > "\x7f" and (character.isalpha() or character in _SIGNS_AFTER_WORDS) for character in rest)


_DASHES = "\u2013\u2014"
_SIGNS_AFTER_WORDS = "\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a\u00ab\u00bb\u2013\u2014\u2026\u2022\u00a0"
_LETTERS_1252 = frozenset(letter for letter in _CP1252 if letter.isalpha() or letter in "\u2030\u20ac")


def _decode(run: str, table: dict[str, int]) -> str:
    try:
        return bytes(table[letter] for letter in run).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return run


# -------------------------------------------------------------------------------------------- ligatures

# ligatures.txt lists beginnings of words. The letters after a ligature there are how a broken word continues.
_STEMS = Path(__file__).with_name("ligatures.txt").read_text(encoding="ascii").split()
_LIGATURE = r"(?:ffi|ffl|ff|fi|fl)"
_MAYBE_BROKEN = re.compile(r"f[fil] [a-z]")
_BROKEN = re.compile(rf"(?<![\w-])([^\W\d_]*{_LIGATURE}) ([a-z]+)")
_SAFE_LEFT = 5  # letters: `specifi` is not a word in any language, so one letter after it is enough
# Letters after a shorter left part: `fi nal`, `eff ect`. A right part with fewer must be complete: `fi nd`.
_SAFE_RIGHT = 3

# Beginnings of stems that are words themselves: `staff of`, `off ice`, `buff er`.
_REAL_WORDS = frozenset(("off", "buff", "cuff", "stuff", "staff", "cliff", "riff", "ruff", "huff", "tariff", "sheriff"))


def _completions() -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """By left part, how the right part may begin, and which complete right parts exist: `specifi` needs `c`."""
    beginnings: dict[str, set[str]] = {}
    wholes: dict[str, set[str]] = {}
    for stem in _STEMS:
        for ligature in re.finditer(_LIGATURE, stem):
            left, right = stem[: ligature.end()], stem[ligature.end() :]
            if left not in _REAL_WORDS and right:
                safe = len(left) >= _SAFE_LEFT or len(right) >= _SAFE_RIGHT
                (beginnings if safe else wholes).setdefault(left, set()).add(right)
    return (
        {left: tuple(sorted(rights)) for left, rights in beginnings.items()},
        {left: frozenset(rights) for left, rights in wholes.items() if len(left) > 1},
    )


_BEGINNINGS, _WHOLES = _completions()


def _ligature_findings(path: str, content: str) -> list[Finding]:
    if not _MAYBE_BROKEN.search(content):
        return []
    broken = {match[0]: whole for match in _BROKEN.finditer(content) if (whole := _rejoined(match)) != match[0]}
    return [Finding("text-broken-ligature", path, word, {"suggestion": whole}) for word, whole in broken.items()]


def _rejoined(match: re.Match[str]) -> str:
    """The word without the space, if the left part is not a word itself and both parts make a known word."""
    left, right = match.groups()
    stem = left.lower()
    continues = right.startswith(_BEGINNINGS.get(stem, ())) or (len(right) > 1 and right in _WHOLES.get(stem, ()))
    return left + right if continues else match[0]


def repair_ligatures(content: str) -> str:
    """The text with its broken words joined again."""
    return _BROKEN.sub(_rejoined, content)


_REPAIRS: dict[str, Callable[[str], str]] = {"ligatures": repair_ligatures, "mojibake": repair_encoding}
