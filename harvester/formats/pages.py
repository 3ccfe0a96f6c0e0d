"""Page ranges as people type them: `12-20`, `S1–S5`, `e1001`, `pp. 38-43`, `17-24, 37`."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

_ROMAN = r"(?=[ivxlcdm])m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})(?!\w)"
_CAPITALS = "".join(letter.upper() if letter in "mdclxvi" else letter for letter in _ROMAN)
_PAGE = rf"(?:[^\W\d_]{{0,3}}\.?\d[\w.]*|{_ROMAN}|{_CAPITALS})"
_DASH = r"\s*[-\u2010-\u2015\u2212]{1,2}\s*"
_LABEL = r"(?:(?:pp?|pgs?|págs?|pags?|páginas?|pages?|стр|сс?|СС?|ss?|S|str|hal|бб?|sid)(?:\.\s*|\s+))?"
_PAGES = re.compile(
    rf"{_LABEL}(?P<first>{_PAGE})(?:{_DASH}(?P<last>{_PAGE})(?:\s*(?:pp?|с|стр)\.?)?)?"
    rf"(?:\s*[,;+&]\s*(?P<other>{_PAGE}(?:{_DASH}{_PAGE})?(?:\s*[,;]\s*{_PAGE}(?:{_DASH}{_PAGE})?)*))?\.?"
)
_MAX_LENGTH = 100  # characters; a longer value is prose


class Pages(Struct, frozen=True):
    first: str
    last: str | None = None
    other: str | None = None


@lru_cache(1 << 12)
def parse_pages(raw: str) -> Pages | None:
    """First page, last page and other pages, each as written; `None` unless the whole value has this form.

    >>> parse_pages("pp. 17–24, 37")
    Pages(first='17', last='24', other='37')
    """
    match = _PAGES.fullmatch(raw.strip()) if len(raw) <= _MAX_LENGTH else None
    return Pages(_trimmed(match["first"]), match["last"] and _trimmed(match["last"]), match["other"]) if match else None


def _trimmed(page: str) -> str:
    return page.rstrip(".")
