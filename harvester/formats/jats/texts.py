"""Steps for every text of an article: its language, markup that is escaped once more, damage (mapping D7, D8)."""

from __future__ import annotations

import re

from harvester.formats.damage import text_findings, without_controls
from harvester.formats.html import inline_from_html
from harvester.formats.jats.inline import inline
from harvester.formats.jats.tree import Element
from harvester.formats.languages import contradicts, normalise
from harvester.formats.notes import Notes
from harvester.text import Text, plain
from harvester.xmltools import XML_LANG

_MARKUP = re.compile(r"</?[A-Za-z]|&#?\w+;")
_SHOWN = 120  # characters of a text in a finding


def language_of(element: Element, path: str, notes: Notes) -> str | None:
    """The element's own xml:lang as a language code; a tag that names no language is reported."""
    tag = element.get(XML_LANG)
    if tag is None or not tag.strip():
        return None
    code = normalise(tag)
    if code is None:
        notes.report("language-unknown", path, tag)
    return code


def content_of(element: Element) -> Text:
    """The element's text, and the faces of HTML that stands in it as characters (`&lt;i&gt;`)."""
    return unescaped(inline(element))


def unescaped(content: Text) -> Text:
    """The text with HTML tags and entities resolved that are still there as characters."""
    if len(content) == 1 and isinstance(written := content[0], str) and is_escaped(written):
        return inline_from_html(written)
    return content


def is_escaped(written: str) -> bool:
    """Whether there may be HTML in the characters."""
    return ("<" in written or "&" in written) and _MARKUP.search(written) is not None


def checked(content: Text, lang: str | None, path: str, notes: Notes) -> Text:
    """Reports what is suspect about a text, and gives it without control characters."""
    characters = plain(content)
    findings = text_findings(path, characters)
    notes.add(findings)
    if lang is not None and contradicts(characters, lang):
        notes.report("lang-mismatch", path, characters[:_SHOWN], lang=lang)
    return without_controls(content) if findings else content
