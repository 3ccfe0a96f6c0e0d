"""Common steps for every text of an article: its language, escaped HTML, damage (mapping D7, D8)."""

from __future__ import annotations

from harvester.formats.damage import text_findings, without_controls
from harvester.formats.html import has_html, inline_from_html
from harvester.formats.jats.inline import formatted_text
from harvester.formats.jats.tree import Element
from harvester.formats.languages import contradicts, normalise
from harvester.formats.notes import Notes
from harvester.text import Text, plain
from harvester.xmltools import XML_LANG

_EXCERPT_LENGTH = 120  # characters of a text in a finding


def language_of(element: Element, path: str, notes: Notes) -> str | None:
    """The language code of the element's own xml:lang. A tag that names no language is reported."""
    tag = element.get(XML_LANG)
    if tag is None or not tag.strip():
        return None
    code = normalise(tag)
    if code is None:
        notes.report("language-unknown", path, tag)
    return code


def content_of(element: Element) -> Text:
    """The text of the element with its formatting, also from escaped HTML (`&lt;i&gt;`)."""
    return unescaped(formatted_text(element))


def unescaped(content: Text) -> Text:
    """The text with escaped HTML tags and entities resolved."""
    if len(content) == 1 and isinstance(characters := content[0], str) and has_html(characters):
        return inline_from_html(characters)
    return content


def check_text(content: Text, lang: str | None, path: str, notes: Notes) -> Text:
    """Reports damage in a text and a wrong language; returns the text without control characters."""
    characters = plain(content)
    findings = text_findings(path, characters)
    notes.add(findings)
    if lang is not None and contradicts(characters, lang):
        notes.report("lang-mismatch", path, characters[:_EXCERPT_LENGTH], lang=lang)
    return without_controls(content) if findings else content
