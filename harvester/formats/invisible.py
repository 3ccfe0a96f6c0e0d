"""Invisible characters in a payload: removed before it is read, and reported for each value with one (mapping D8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from harvester.formats.damage import without_invisible
from harvester.model import Article, Finding
from harvester.text import Math

# As bytes of UTF-8, and as entities, which may be escaped twice. Most payloads have none of them. A literal is found
# faster than one of several alternatives.
_LITERALS = (b"\xc2\xad", b"\xd8\x9c", b"\xef\xbb\xbf")
_BYTES = re.compile(rb"\xe2(?:\x80[\x8b\x8e\x8f\xaa-\xae]|\x81[\xa0\xa6-\xaf])")
_ENTITY = re.compile(
    rb"&(?:amp;)*(?:shy|lrm|rlm|ZeroWidthSpace|NoBreak|"
    rb"#(?:0*(?:173|8203|8206|8207|823[4-8]|8288|829[4-9]|830[0-3]|1564|65279)|"
    rb"[xX]0*(?:[aA][dD]|200[bBeEfF]|202[a-eA-E]|2060|206[6-9a-fA-F]|61[cC]|[fF][eE][fF][fF])));"
)
# The part of a path that other findings have: not `titles[0].text.inline`, nor `abstracts[0].blocks[1].text`.
_FIELD = re.compile(r"(?:(?:journal\.)?titles|keywords)\[\d+\](?=\.text)|abstracts\[\d+\]|[^.]+(?:\.(?!inline)[^.]+)*")
_EXCERPT_LENGTH = 80  # characters of a finding's value


def cleaned(payload: bytes) -> bytes:
    """The payload without invisible characters; the same object if it has none, or is not UTF-8."""
    if not _has_bytes(payload) and not _ENTITY.search(payload):
        return payload
    try:
        written = payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload
    clean = _ENTITY.sub(b"", without_invisible(written).encode("utf-8"))
    return payload if clean == payload else clean


def _has_bytes(payload: bytes) -> bool:
    if payload.isascii():
        return False
    return any(literal in payload for literal in _LITERALS) or _BYTES.search(payload) is not None


def invisible_findings(article: Article | None) -> Iterator[Finding]:
    """A finding for each value of the article that has invisible characters, shown as \u2423."""
    for path, value in _strings(article, "") if article is not None else ():
        if not value.isascii() and (marked := without_invisible(value, "\u2423")) != value:
            field = _FIELD.match(path)
            yield Finding("control-characters", field[0] if field else path, _excerpt(marked))


def _excerpt(marked: str) -> str:
    """The text around the first mark."""
    start = max(0, marked.index("\u2423") - _EXCERPT_LENGTH // 2)
    return marked[start : start + _EXCERPT_LENGTH]


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The strings in a value with the paths of their fields. The parts of a formatted text have its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        is_text = path.endswith(("text", "subtitle", "inline", "title"))
        for number, part in enumerate(value):
            yield from _strings(part, path if is_text else f"{path}[{number}]")
    elif isinstance(value, Struct) and not isinstance(value, Math):
        for field in value.__struct_fields__:
            yield from _strings(getattr(value, field), f"{path}.{field}" if path else field)
