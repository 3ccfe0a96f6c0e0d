"""Damage that the text alone shows: wrong encodings, lost ligatures, control characters, TeX (mapping D8).

Each is reported with the text that was probably meant. `mended` puts that in its place, and is called only where the
configuration of the source asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from harvester.model import Finding
from harvester.text import Inline, Span, Text, is_printable, plain, text

_EXCERPT = 80  # characters of a finding's value

# C0 and C1 except tab and line ends; DEL; the two characters that are none.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_TEX = re.compile(
    r"\$[^$]{0,200}[\\^_{][^$]{0,200}\$|\\[a-zA-Z]{2,20}\s?\{|"
    r"\\(?:alpha|beta|gamma|delta|epsilon|lambda|mu|nu|pi|sigma|tau|phi|omega|infty|times|cdot|leq|geq|sim|approx|to)\b"
)


def text_findings(path: str, content: str) -> list[Finding]:
    """Everything suspect about one text at `path`; its TeX too where the path is that of a title."""
    found: list[Finding] = []
    if has_controls(content):
        found.append(Finding("control-characters", path, _excerpt(_CONTROL.sub("\u2423", content))))
    if not content.isascii():
        found += _encoding(path, content)
    found += _ligatures(path, content)
    if path.startswith("titles") and ("\\" in content or "$" in content) and _TEX.search(content):
        found.append(Finding("title-contains-tex", path, _excerpt(content)))
    return found


def without_controls(content: Text) -> Text:
    """The text without control characters; the one that ends a line (U+0085) parts words, and is a blank."""
    if not has_controls(plain(content)):
        return content
    return _in_strings(content, lambda part: _CONTROL.sub("", part.replace("\x85", " ")))


def has_controls(content: str) -> bool:
    """Whether there are control characters in the text, beside tabs and line ends."""
    return not is_printable(content) and _CONTROL.search(content) is not None


def mended(path: str, content: Text, repairs: Iterable[str]) -> tuple[Text, list[Finding]]:
    """The text with the damage of those kinds (`ligatures`, `mojibake`) repaired, and a finding for each change."""
    found: list[Finding] = []
    for kind in repairs:
        better = _in_strings(content, _REPAIRS[kind])
        if better != content:
            found.append(
                Finding("text-repaired", path, _excerpt(plain(content)), {"repaired": _excerpt(plain(better))})
            )
            content = better
    return content, found


def _in_strings(content: Text, change: Callable[[str], str]) -> Text:
    return text(_changed(part, change) for part in content)


def _changed(part: Inline, change: Callable[[str], str]) -> Inline:
    if isinstance(part, Span):
        return Span(part.style, tuple(_changed(inner, change) for inner in part.inline))
    return change(part) if isinstance(part, str) else part


def _excerpt(content: str) -> str:
    return content if len(content) <= _EXCERPT else content[: _EXCERPT - 1] + "\u2026"


# -------------------------------------------------------------------------------------------- encodings


def _bytes_of(codec: str) -> dict[str, int]:
    """The character each byte of the upper half becomes; bytes that the code page leaves open become C1 characters."""
    pairs = {bytes([byte]).decode(codec, "replace"): byte for byte in range(0x80, 0x100)}
    pairs.pop("\ufffd", None)
    return {chr(byte): byte for byte in range(0x80, 0xA0)} | pairs


_CP1252, _CP1251 = _bytes_of("cp1252"), _bytes_of("cp1251")


def _class(table: dict[str, int], first: int, last: int) -> str:
    return "[" + "".join(re.escape(letter) for letter, byte in table.items() if first <= byte <= last) + "]"


_NEXT_1252, _NEXT_1251 = _class(_CP1252, 0x80, 0xBF), _class(_CP1251, 0x80, 0xBF)

# UTF-8 read as Windows-1252. Only what no language writes: A with tilde or circumflex before a sign, small a with
# circumflex and the euro sign before one (a quotation mark or dash), A with ring or diaeresis before a sign inside a
# word, and runs of the leading bytes of Greek, Cyrillic, Arabic or Hebrew.
_MOJIBAKE_1252 = re.compile(
    rf"(?:[\u00c2\u00c3]{_NEXT_1252}|\u00e2[\u20ac\u201a\u201e]{_NEXT_1252}|[\u00c4\u00c5]{_NEXT_1252}(?=[a-z])|"
    rf"(?:[\u00ce\u00cf\u00d0\u00d1\u00d8\u00d9\u00d7]{_NEXT_1252}){{2,}})+"
)
# UTF-8 read as Windows-1251: every second letter is Er or Es. Three in a row, since quoted words may end in one.
_MOJIBAKE_1251 = re.compile(rf"(?:[\u0420\u0421]{_NEXT_1251}){{3,}}")

# One set of letters in front: sound text is run through in a third of the time that two alternatives take.
_PERHAPS_MOJIBAKE = re.compile(
    r"[\u00c2\u00c3\u00c4\u00c5\u00ce\u00cf\u00d0\u00d1\u00d7\u00d8\u00d9\u00e2\u0420\u0421]"
    rf"(?:{_NEXT_1252}|{_NEXT_1251})"
)


def _encoding(path: str, content: str) -> list[Finding]:
    better = repaired_encoding(content)
    if better != content:
        return [Finding("encoding-suspect", path, _excerpt(content), {"suggestion": _excerpt(better)})]
    if "\ufffd" in content:
        at = content.index("\ufffd")
        return [Finding("encoding-suspect", path, _excerpt(content[max(0, at - 30) :]), {"suggestion": "?"})]
    return []


def repaired_encoding(content: str) -> str:
    """The text with each run of mojibake decoded as what it was; unchanged where that gives no valid UTF-8."""
    if not _PERHAPS_MOJIBAKE.search(content):
        return content
    content = _MOJIBAKE_1252.sub(lambda match: _decoded(match[0], _CP1252), content)
    return _MOJIBAKE_1251.sub(lambda match: _decoded(match[0], _CP1251), content)


def _decoded(run: str, table: dict[str, int]) -> str:
    try:
        return bytes(table[letter] for letter in run).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return run


# -------------------------------------------------------------------------------------------- ligatures

# ligatures.txt holds beginnings of words; what stands behind a ligature there is what a torn word goes on with.
_STEMS = Path(__file__).with_name("ligatures.txt").read_text(encoding="ascii").split()
_LIGATURE = r"(?:ffi|ffl|ff|fi|fl)"
_PERHAPS_TORN = re.compile(r"f[fil] [a-z]")
_TORN = re.compile(rf"(?<![\w-])([^\W\d_]*{_LIGATURE}) ([a-z]+)")
_SAFE_LEFT = 5  # letters: `specifi` is no word in any language, so that one letter behind it is enough
_SAFE_RIGHT = (
    3  # letters that must follow a shorter left part: `fi nal`, `eff ect`; fewer must be all there is: `fi nd`
)

# Beginnings of stems that are words in their own right: `staff of`, `off ice`, `buff er`.
_WHOLE = frozenset(("off", "buff", "cuff", "stuff", "staff", "cliff", "riff", "ruff", "huff", "tariff", "sheriff"))


def _completions() -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """For each left part, what its right part may begin with and what it may be: `specifi` goes on with `c`."""
    beginnings: dict[str, set[str]] = {}
    wholes: dict[str, set[str]] = {}
    for stem in _STEMS:
        for ligature in re.finditer(_LIGATURE, stem):
            left, right = stem[: ligature.end()], stem[ligature.end() :]
            if left not in _WHOLE and right:
                safe = len(left) >= _SAFE_LEFT or len(right) >= _SAFE_RIGHT
                (beginnings if safe else wholes).setdefault(left, set()).add(right)
    return (
        {left: tuple(sorted(rights)) for left, rights in beginnings.items()},
        {left: frozenset(rights) for left, rights in wholes.items() if len(left) > 1},
    )


_BEGINNINGS, _WHOLES = _completions()


def _ligatures(path: str, content: str) -> list[Finding]:
    if not _PERHAPS_TORN.search(content):
        return []
    torn = {match[0]: whole for match in _TORN.finditer(content) if (whole := _joined(match)) != match[0]}
    return [Finding("text-broken-ligature", path, word, {"suggestion": whole}) for word, whole in torn.items()]


def _joined(match: re.Match[str]) -> str:
    """The word in one piece, if its left part is none by itself and the two make one of the known words."""
    left, right = match.groups()
    known = left.lower()
    goes_on = right.startswith(_BEGINNINGS.get(known, ())) or (len(right) > 1 and right in _WHOLES.get(known, ()))
    return left + right if goes_on else match[0]


def repaired_ligatures(content: str) -> str:
    """The text with its torn words in one piece."""
    return _TORN.sub(_joined, content)


_REPAIRS: dict[str, Callable[[str], str]] = {"ligatures": repaired_ligatures, "mojibake": repaired_encoding}
