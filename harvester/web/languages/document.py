"""A finished page in another language. Only its texts change; text of others stays as it is.

Pages are made by `markup.tag`, which escapes every text and every attribute in the same way, so a page is split into
its tags without doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from msgspec import Struct

from harvester.markup import Html, joined, tag
from harvester.web.languages.catalogue import Language
from harvester.web.languages.templates import element, element_number

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z0-9!]+)", re.IGNORECASE)
_WORDS = re.compile(r' (aria-label|title|placeholder|alt|data-says|data-copied|data-label)="([^"]*)"')
_KEY = re.compile(r' data-words="([^"]*)"')
_LETTER = re.compile(r"[^\W\d_]{2}")
_VOID = frozenset({"!doctype", "br", "hr", "input", "link", "meta"})
_OF_OTHERS = frozenset({"bdi", "code", "pre", "kbd", "textarea", "time", "script"})
_IN_ENGLISH = '<span lang="en">'
_LEFT = re.compile(r' (lang|translate)="')


class _Element(Struct):
    """An element: its tags as they are, and its texts and elements. A text is still escaped."""

    begin: str
    name: str
    inside: list[str | _Element]
    end: str = ""


def translated(page: str, language: Language) -> str:
    """The page, or a part of one, in this language."""
    return "".join(_inside(_parsed(page), language))


def _parsed(page: str) -> _Element:
    root = _Element("", "", [])
    open_ones = [root]
    for number, piece in enumerate(_TAG.split(page)):
        if number % 2 == 0:
            if piece:
                open_ones[-1].inside.append(piece)
            continue
        found = _NAME.match(piece)
        name = found[1].lower() if found else ""
        if piece.startswith("</"):
            open_ones.pop().end = piece
            continue
        new = _Element(piece, name, [])
        open_ones[-1].inside.append(new)
        if name not in _VOID:
            open_ones.append(new)
    return root


def _shown(one: _Element, language: Language) -> str:
    """An element in the language."""
    begin = _WORDS.sub(lambda found: _attribute(found, language), one.begin)
    if one.name == "html":
        begin = begin.replace('lang="en"', f'lang="{language.code}"')
    elif key := _KEY.search(one.begin):
        return _worded(one, unescape(key[1]).split(), language)
    elif one.name in _OF_OTHERS or _LEFT.search(one.begin):
        return begin + "".join(_unchanged(one)) + one.end
    inside = list(_inside(one, language))
    if len(inside) == 1 and isinstance(one.inside[0], str) and inside[0] == f"{_IN_ENGLISH}{one.inside[0]}</span>":
        return _marked(begin) + one.inside[0] + one.end  # its only text
    return begin + "".join(inside) + one.end


def _unchanged(one: _Element) -> Iterator[str]:
    for piece in one.inside:
        if isinstance(piece, str):
            yield piece
        else:
            yield piece.begin
            yield from _unchanged(piece)
            yield piece.end


def _inside(one: _Element, language: Language) -> Iterator[str]:
    """What is inside an element, as one sentence if it is known, else text by text."""
    if not any(isinstance(piece, str) and piece.strip() for piece in one.inside):
        yield from (piece if isinstance(piece, str) else _shown(piece, language) for piece in one.inside)
        return
    inner = [piece for piece in one.inside if isinstance(piece, _Element)]
    numbers = iter(range(1, len(inner) + 1))
    whole = "".join(unescape(piece) if isinstance(piece, str) else element(next(numbers)) for piece in one.inside)
    if (said := _said(whole, language)) is not None:
        yield from _pieces(said, inner, language)
        return
    for piece in one.inside:
        if isinstance(piece, _Element):
            yield _shown(piece, language)
        else:
            said = _said(unescape(piece), language)
            yield _in_english(piece) if said is None else joined(said)


def _said(text: str, language: Language) -> str | None:
    """A text in the language, with the blanks around it; without letters it needs no words."""
    bare = text.strip()
    said = language.say(bare)
    if said is None:
        return None if _LETTER.search(text) or any(map(element_number, text)) else text
    begin = text.index(bare)
    return text[:begin] + said + text[begin + len(bare) :]


def _pieces(said: str, inner: list[_Element], language: Language) -> Iterator[str]:
    """A sentence with its elements in their places."""
    text = ""
    for character in said:
        number = element_number(character)
        if number is None or number > len(inner):
            text += character
            continue
        yield joined(text)
        yield _shown(inner[number - 1], language)
        text = ""
    yield joined(text)


def _worded(one: _Element, keys: list[str], language: Language) -> str:
    """A sentence that has one of these codes. If it has code in it, that is what is between backticks."""
    inside = "".join(_unchanged(one))
    has_code = "<code>" in inside
    text = unescape(inside.replace("<code>", "`").replace("</code>", "`"))
    said = next(filter(None, (language.say_as(key, text) for key in keys)), None) or language.say(text)
    if said is None:
        return _marked(one.begin) + inside + one.end
    return one.begin + (code_marked(said) if has_code else joined(said)) + one.end


def code_marked(text: str) -> Html:
    """A text in which what is between backticks is code."""
    pieces = text.split("`")
    shown = [tag("code", piece) if number % 2 else piece for number, piece in enumerate(pieces)]
    return joined(shown if len(pieces) % 2 else text)


def _in_english(escaped: str) -> str:
    return f"{_IN_ENGLISH}{escaped}</span>" if _LETTER.search(unescape(escaped)) else escaped


def _marked(begin: str) -> str:
    return f'{begin[:-1]} lang="en">'


def _attribute(found: re.Match[str], language: Language) -> str:
    said = language.say(unescape(found[2]).strip())
    return found[0] if said is None else str(tag("a", **{found[1]: said}))[2:].removesuffix("></a>")
