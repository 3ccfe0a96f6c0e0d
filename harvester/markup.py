"""HTML, built from parts. Every text that is not markup is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Markup that is safe and needs no escaping."""

    __slots__ = ()


Part = str | Iterable["Part"]

_EMPTY = frozenset({"br", "hr", "input", "link", "meta"})
# Characters that HTML does not allow, and those that change the order in which text is shown.
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x202D, 0x202E, 0xFFFE, 0xFFFF)
_REFUSED = {code: "\ufffd" for code in _CONTROLS if chr(code) not in "\t\n"}


def tag(name: str, /, *inner: Part, **attributes: str | int | bool | None) -> Html:
    """An element. Attributes that are `None` or `False` are left out; `class_` and `for_` lose their underscore."""
    named = "".join(
        f" {_name(key)}" if value is True else f' {_name(key)}="{_escaped(str(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{named}>" if name in _EMPTY else f"<{name}{named}>{joined(inner)}</{name}>")


def joined(parts: Part) -> Html:
    """The parts in one piece: text escaped, markup unchanged."""
    if isinstance(parts, Html):
        return parts
    if isinstance(parts, str):
        return Html(_escaped(parts))
    return Html("".join(map(joined, parts)))


def foreign(text: str) -> Html:
    """Text from a record, isolated, so that its direction cannot change that of the text around it."""
    return tag("bdi", text)


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _escaped(text: str) -> str:
    return escape(text.translate(_REFUSED).encode("utf-8", "replace").decode())
