"""The elements of a Dublin Core record by name, each value with its language."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree
from msgspec import Struct

from harvester.formats.languages import contradicts, normalise
from harvester.formats.notes import Notes
from harvester.xmltools import XML_LANG

_DUBLIN_CORE = "{http://purl.org/dc/elements/1."
_EXCERPT_LENGTH = 120  # characters of a text in a finding


class Value(Struct, frozen=True, gc=False):
    text: str  # as written, without white space at its ends
    lang: str | None


@lru_cache(1 << 10)
def _element_name(tag: object, parent_ns: str) -> str | None:
    """The local name of an element in Dublin Core's namespaces, in its parent's or in none; else `None`."""
    if not isinstance(tag, str):  # an entity
        return None
    namespace, _, name = tag.rpartition("}")
    return name if namespace in ("", parent_ns) or namespace.startswith(_DUBLIN_CORE) else None


class Fields:
    """The values of a record. An xml:lang that names no language is reported once."""

    def __init__(self, element: etree._Element, notes: Notes) -> None:
        self._values: dict[str, list[Value]] = {}
        self._texts: dict[str, list[str]] = {}
        self._unknown_tags: set[str] = set()
        self._notes = notes
        parent_ns = str(element.tag).rpartition("}")[0]
        values, texts = self._values, self._texts
        for child in element:
            content = "".join(map(str, child.itertext())) if len(child) else child.text
            if not content or not (content := content.strip()) or not (name := _element_name(child.tag, parent_ns)):
                continue
            lang = child.get(XML_LANG) if child.keys() else None
            value = Value(content, self._language(lang) if lang else None)
            if name in values:
                values[name].append(value)
                texts[name].append(content)
            else:
                values[name], texts[name] = [value], [content]

    def all(self, name: str) -> list[Value]:
        """The non-blank values of an element, in order."""
        return self._values.get(name, [])

    def texts(self, name: str) -> list[str]:
        """The texts of these values, without their languages."""
        return self._texts.get(name, [])

    def first(self, name: str) -> str | None:
        return next(iter(self.texts(name)), None)

    def _language(self, tag: str) -> str | None:
        code = normalise(tag)
        if code is None and tag not in self._unknown_tags:
            self._unknown_tags.add(tag)
            self._notes.report("language-unknown", "language", tag)
        return code


def report_wrong_script(characters: str, lang: str | None, path: str, notes: Notes) -> None:
    """Reports a text in a script that its language is not written in. The tag is kept (mapping D7)."""
    if lang is not None and contradicts(characters, lang):
        notes.report("lang-mismatch", path, characters[:_EXCERPT_LENGTH], lang=lang)


def language_first(values: list[Value], language: str | None) -> list[Value]:
    """The values with the article's language first. The order is otherwise unchanged."""
    if language is None or len(values) < 2:
        return values
    return sorted(values, key=lambda value: value.lang != language)
