"""Footnote marks at the end of titles: `Tides*`, `Tides<sup>1</sup>` (mapping D8).

A sign is only a mark, so it is removed. A raised number or letter may be an exponent, so it is kept and reported.
"""

from __future__ import annotations

import re

from harvester.formats.notes import Notes
from harvester.text import Span, Text, plain, text

_SIGNS = "*\u2020\u2021\u00a7\u00b6"
_SIGNS_AT_END = re.compile(rf"\s?[{_SIGNS}]+\s*$")
_ONLY_SIGNS = re.compile(rf"[{_SIGNS},\s]+")
_NUMBER_OR_LETTER = re.compile(r"\d{1,2}|[a-z]")
# C* and m² are terms; a mark follows a word, perhaps with punctuation.
_AFTER_WORD = re.compile(r"[^\W\d_]{3}[)\]?!.\u201d\u2019\"]*\s?$")
_AFTER_LONG_WORD = re.compile(r"[^\W\d_]{4}[)\]?!.\u201d\u2019\"]*$")


def without_mark(title: Text, path: str, notes: Notes) -> Text:
    """The title without the sign of a footnote at its end. A raised number or letter there is reported."""
    last = title[-1] if title else ""
    before = plain(title[:-1])
    if isinstance(last, Span) and last.style == "sup":
        raised = plain((last,)).strip()
        if _ONLY_SIGNS.fullmatch(raised) and _AFTER_WORD.search(before):
            return _without(title, title[:-1], path, notes)
        if _NUMBER_OR_LETTER.fullmatch(raised) and _AFTER_LONG_WORD.search(before):
            notes.report("title-mark-suspect", path, plain(title), mark=raised)
    elif isinstance(last, str) and (sign := _SIGNS_AT_END.search(last)):
        kept = last[: sign.start()]
        is_emphasis = any(mark in before + kept for mark in sign[0].strip())  # *reeds*
        if _AFTER_WORD.search(before + kept) and not is_emphasis:
            return _without(title, (*title[:-1], kept), path, notes)
    return title


def _without(title: Text, kept: Text, path: str, notes: Notes) -> Text:
    notes.report("title-mark-left-out", path, plain(title))
    return text(kept)
