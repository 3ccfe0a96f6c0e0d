"""The titles of an article, each in its language (mapping J8, D7).

A translation inside the article (`sub-article` of type translation) without a DOI of its own is the same article in
another language; with one it is another article, and only a relation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harvester.formats.jats.blocks import report_pictures
from harvester.formats.jats.inline import is_empty
from harvester.formats.jats.texts import checked, content_of, language_of
from harvester.formats.jats.tree import Element, Grouped, children, grouped
from harvester.formats.notes import Notes
from harvester.model import Title
from harvester.text import Text, plain
from harvester.xmltools import local


class Version(NamedTuple):
    """The metadata of the article in its own language, or in that of a translation inside it."""

    groups: Grouped
    language: str | None
    is_translation: bool = False

    def source(self, element: str) -> str:
        """Where an element of this version stands, for provenance."""
        return f"sub-article/{element}" if self.is_translation else element


class TitleElement(NamedTuple):
    """One title before it is read."""

    element: Element
    subtitles: list[Element]
    language: str | None
    version: Version


def titles(versions: list[Version], notes: Notes) -> tuple[Title, ...]:
    """Every title once, the article's language first."""
    found: list[Title] = []
    elements = [each for version in versions for each in _title_elements(version, notes)]
    for each in own_first(elements, versions[0].language):
        path = f"titles[{len(found)}]"
        content, subtitle = content_of(each.element), _subtitle(each.subtitles)
        if is_empty(content) or any((content, subtitle) == (other.text, other.subtitle) for other in found):
            continue
        if each.version.is_translation and any(each.language == other.lang for other in found):
            notes.report("translation-duplicate", path, plain(content), lang=each.language or "")
            continue
        report_pictures(each.element, path, notes)
        content = checked(content, each.language, path, notes)
        subtitle = checked(subtitle, each.language, f"{path}.subtitle", notes) if subtitle else ()
        notes.provenance[path] = each.version.source(local(each.element))
        found.append(Title(text=content, subtitle=subtitle, lang=each.language))
    return tuple(found)


def own_first(elements: list[TitleElement], own: str | None) -> list[TitleElement]:
    """Those in the article's own language first, the rest in their order."""
    return sorted(elements, key=lambda each: own is not None and each.language != own)


def _title_elements(version: Version, notes: Notes) -> Iterator[TitleElement]:
    """The titles of one version in document order, translated ones with their own language."""
    for holder in version.groups.get("title-group", ()):
        groups = grouped(holder)
        subtitles = groups.get("subtitle", [])
        for element in groups.get("article-title", ()):
            language = language_of(element, "titles", notes) or version.language
            yield TitleElement(element, subtitles, language, version)
            subtitles = []
        for group in groups.get("trans-title-group", ()):
            yield from _translated(group, version, notes)
        yield from _translated(holder, version, notes)


def _translated(holder: Element, version: Version, notes: Notes) -> Iterator[TitleElement]:
    """The trans-titles in a group, or in the title-group itself (NLM 2.3) each with the subtitle behind it."""
    pairs: list[tuple[Element, list[Element]]] = []
    for each in children(holder, "trans-title", "trans-subtitle"):
        if local(each) == "trans-title":
            pairs.append((each, []))
        elif pairs:
            pairs[-1][1].append(each)
    for element, subtitles in pairs:
        language = language_of(element, "titles", notes) or language_of(holder, "titles", notes)
        yield TitleElement(element, subtitles, language, version)


def _subtitle(elements: list[Element]) -> Text:
    """The subtitle; several become one, with a colon between."""
    found: Text = ()
    for each in elements:
        content = content_of(each)
        if not is_empty(content):
            found = (*found, ": ", *content) if found else content
    return found
