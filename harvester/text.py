"""Text that keeps its faces: italic, bold, sub- and superscript, small caps, formulas.

`Text` is the one form between JATS or HTML on the way in and Crossref's face markup or jats:abstract on the way out.
Its normal form (what `text()` returns) has white space folded to single blanks, no blank at either end, no two strings
side by side and no span without content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Literal

from msgspec import Struct

Style = Literal["italic", "bold", "sub", "sup", "sc", "underline", "overline", "mono", "strike"]


class Span(Struct, frozen=True, tag_field="type", tag="span"):
    """Text with one face."""

    style: Style
    inline: tuple[str | Span | Math, ...]


class Math(Struct, frozen=True, tag_field="type", tag="math"):
    """A formula: `mathml` is one serialised `<math xmlns="http://www.w3.org/1998/Math/MathML">` element."""

    mathml: str


Inline = str | Span | Math
Text = tuple[Inline, ...]

# XML's white space and the no-break spaces people paste; U+3000 and thin spaces carry meaning in their scripts.
_BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0]+")


def text(parts: Iterable[Inline]) -> Text:
    """The normal form of a run of inline parts; empty when nothing is left."""
    run = _joined(parts)
    if len(run) == 1 and isinstance(characters := run[0], str):  # nearly always
        return (folded,) if (folded := fold(characters)) else ()
    return _strip(_fold(run))


def fold(characters: str) -> str:
    """The characters with white space folded to single blanks, and none at either end."""
    return _single_blanks(characters).strip(" ")


def is_printable(characters: str) -> bool:
    """What `str.isprintable` says, in a quarter of its time for the long texts in ASCII that most abstracts are."""
    if len(characters) > 100 and characters.isascii():
        return not characters.encode().translate(None, _PRINTABLE)
    return characters.isprintable()


_PRINTABLE = bytes(range(0x20, 0x7F))


def _single_blanks(characters: str) -> str:
    # Of all white space only the blank is printable, and most texts need no change.
    if "  " not in characters and is_printable(characters):
        return characters
    return _BLANKS.sub(" ", characters)


def plain(content: Text) -> str:
    """The characters without their faces; a formula gives the text of its leaves."""
    if len(content) == 1 and isinstance(content[0], str):  # nearly always
        return content[0]
    return "".join(
        part if isinstance(part, str) else plain(part.inline) if isinstance(part, Span) else math_text(part.mathml)
        for part in content
    )


def math_text(mathml: str) -> str:
    """The characters of a serialised MathML element, without its tags and annotations."""
    shown = re.sub(r"<((?:\w+:)?annotation(?:-xml)?)\b.*?</\1>", "", mathml, flags=re.DOTALL)
    return _BLANKS.sub(" ", unescape(re.sub(r"<[^>]*>", "", shown))).strip()


def _fold(run: list[Inline], *, blank_before: bool = False) -> list[Inline]:
    """Folds white space, also across the edges of spans: `a <i> b</i>` has one blank. Spans without content go."""
    out: list[Inline] = []
    for part in run:
        if isinstance(part, str):
            part = _single_blanks(part)
            if blank_before:
                part = part.removeprefix(" ")
            if not part:
                continue
        elif isinstance(part, Span):
            inner = _fold(_joined(part.inline), blank_before=blank_before)
            if not inner:
                continue
            part = Span(part.style, tuple(inner))
        out.append(part)
        blank_before = _ends_blank(part)
    return _joined(out)


def _joined(parts: Iterable[Inline]) -> list[Inline]:
    """The parts, strings that are neighbours in one piece."""
    out: list[Inline] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(last := out[-1], str):
            out[-1] = last + part
        else:
            out.append(part)
    return out


def _ends_blank(part: Inline) -> bool:
    if isinstance(part, Span):
        return bool(part.inline) and _ends_blank(part.inline[-1])
    return isinstance(part, str) and part.endswith(" ")


def _strip(parts: list[Inline]) -> Text:
    """Drops the one blank that folding leaves at either end, also inside spans."""
    while parts and (head := _stripped(parts[0], left=True)) != parts[0]:
        parts = [head, *parts[1:]] if head is not None else parts[1:]
    while parts and (last := _stripped(parts[-1], left=False)) != parts[-1]:
        parts = [*parts[:-1], last] if last is not None else parts[:-1]
    return tuple(parts)


def _stripped(part: Inline, *, left: bool) -> Inline | None:
    """The part without the blank at that end; `None` when nothing is left of it."""
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
