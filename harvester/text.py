"""Text with its styles: italic, bold, subscript and superscript, small caps, formulas.

`Text` is what JATS and HTML are read to, and what Crossref's face markup and jats:abstract are written from. Its normal
form, which `text()` returns, has white space folded to single spaces, no space at either end, no two adjacent strings
and no empty span.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Literal

from msgspec import Struct

Style = Literal["italic", "bold", "sub", "sup", "sc", "underline", "overline", "mono", "strike"]


class Span(Struct, frozen=True, tag_field="type", tag="span"):
    """Text with one style."""

    style: Style
    inline: tuple[str | Span | Math, ...]


class Math(Struct, frozen=True, tag_field="type", tag="math"):
    """A formula: one serialised `<math xmlns="http://www.w3.org/1998/Math/MathML">` element."""

    mathml: str


Inline = str | Span | Math
Text = tuple[Inline, ...]

# XML's white space and the no-break spaces that people paste. U+3000 and thin spaces have a meaning in their scripts.
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0]+")


def text(parts: Iterable[Inline]) -> Text:
    """The normal form of inline parts; empty if nothing is left."""
    run = _joined(parts)
    if len(run) == 1 and isinstance(characters := run[0], str):  # nearly always
        return (folded,) if (folded := fold(characters)) else ()
    return _strip(_fold(run))


def fold(characters: str) -> str:
    """The characters with white space folded to single spaces, and none at either end."""
    return _single_spaces(characters).strip(" ")


def one_line(words: str, limit: int = 200) -> str:
    """The text on one line, cut at `limit` characters."""
    folded = " ".join(words.split())
    return folded if len(folded) <= limit else f"{folded[: limit - 1]}…"


def with_ascii_digits(characters: str) -> str:
    """The characters with the digits of other scripts as ASCII digits: ٤, ۴ and ４ are 4."""
    if characters.isascii():
        return characters
    return "".join(str(int(each)) if each.isdecimal() else each for each in characters)


def is_printable(characters: str) -> bool:
    """The same as `str.isprintable`, in a quarter of its time for long ASCII texts, as most abstracts are."""
    if len(characters) > 100 and characters.isascii():
        return not characters.encode().translate(None, _PRINTABLE)
    return characters.isprintable()


_PRINTABLE = bytes(range(0x20, 0x7F))


def _single_spaces(characters: str) -> str:
    # The space is the only printable white space, and most texts need no change.
    if "  " not in characters and is_printable(characters):
        return characters
    return _SPACES.sub(" ", characters)


def plain(content: Text) -> str:
    """The characters without styles; for a formula, the text of its leaves."""
    if len(content) == 1 and isinstance(content[0], str):  # nearly always
        return content[0]
    return "".join(
        part if isinstance(part, str) else plain(part.inline) if isinstance(part, Span) else math_text(part.mathml)
        for part in content
    )


def math_text(mathml: str) -> str:
    """The characters of a serialised MathML element, without its tags and annotations."""
    shown = re.sub(r"<((?:\w+:)?annotation(?:-xml)?)\b.*?</\1>", "", mathml, flags=re.DOTALL)
    return _SPACES.sub(" ", unescape(re.sub(r"<[^>]*>", "", shown))).strip()


def _fold(run: list[Inline], *, space_before: bool = False) -> list[Inline]:
    """Folds white space, also across the edges of spans (`a <i> b</i>` has one space), and drops empty spans."""
    out: list[Inline] = []
    for part in run:
        if isinstance(part, str):
            part = _single_spaces(part)
            if space_before:
                part = part.removeprefix(" ")
            if not part:
                continue
        elif isinstance(part, Span):
            inner = _fold(_joined(part.inline), space_before=space_before)
            if not inner:
                continue
            part = Span(part.style, tuple(inner))
        out.append(part)
        space_before = _ends_with_space(part)
    return _joined(out)


def _joined(parts: Iterable[Inline]) -> list[Inline]:
    """The parts with adjacent strings joined."""
    out: list[Inline] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(last := out[-1], str):
            out[-1] = last + part
        else:
            out.append(part)
    return out


def _ends_with_space(part: Inline) -> bool:
    if isinstance(part, Span):
        return bool(part.inline) and _ends_with_space(part.inline[-1])
    return isinstance(part, str) and part.endswith(" ")


def _strip(parts: list[Inline]) -> Text:
    """Drops the one space that folding leaves at either end, also inside spans."""
    while parts and (head := _stripped(parts[0], left=True)) != parts[0]:
        parts = [head, *parts[1:]] if head is not None else parts[1:]
    while parts and (last := _stripped(parts[-1], left=False)) != parts[-1]:
        parts = [*parts[:-1], last] if last is not None else parts[:-1]
    return tuple(parts)


def _stripped(part: Inline, *, left: bool) -> Inline | None:
    """The part without the space at that end; `None` if nothing is left of it."""
    if isinstance(part, str):
        return (part.removeprefix(" ") if left else part.removesuffix(" ")) or None
    if isinstance(part, Span):
        inner = list(part.inline)
        index = 0 if left else -1
        edge = _stripped(inner[index], left=left)
        if edge == inner[index]:
            return part
        kept = [edge] if edge is not None else []
        inner = [*kept, *inner[1:]] if left else [*inner[:-1], *kept]
        return Span(part.style, tuple(inner)) if inner else None
    return part
