"""The titles of an article, each with its language (mapping J8, D7).

A translation inside the article (`sub-article` of type translation) without a DOI of its own is the same article in
another language. With a DOI of its own it is another article, and becomes a relation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harvester.formats.jats.blocks import report_pictures
from harvester.formats.jats.inline import is_empty, plain_text
from harvester.formats.jats.texts import check_text, content_of, language_of
from harvester.formats.jats.tree import Element, Grouped, children, grouped
from harvester.formats.notes import Notes
from harvester.formats.placeholders import unless_placeholder
from harvester.formats.title_marks import without_mark
from harvester.model import Title
from harvester.text import Text, plain, text
from harvester.xmltools import local


class LanguageVersion(NamedTuple):
    """The metadata of the article in its own language, or in the language of a translation inside it."""

    groups: Grouped
    language: str | None
    is_translation: bool = False

    def source(self, element: str) -> str:
        """The path of an element in this version, for the provenance."""
        return f"sub-article/{element}" if self.is_translation else element


class TitleElement(NamedTuple):
    """One title before it is read."""

    element: Element
    subtitles: list[Element]
    language: str | None
    version: LanguageVersion


def titles(versions: list[LanguageVersion], notes: Notes) -> tuple[Title, ...]:
    """The distinct titles, the article's language first."""
    distinct: list[Title] = []
    entries = [entry for version in versions for entry in _title_elements(version, notes)]
    for entry in own_first(entries, versions[0].language):
        path = f"titles[{len(distinct)}]"
        content, subtitle = without_repetition(content_of(entry.element), _subtitle(entry.subtitles, path, notes))
        if is_empty(content) or any((content, subtitle) == (other.text, other.subtitle) for other in distinct):
            continue
        if entry.version.is_translation and any(entry.language == other.lang for other in distinct):
            notes.report("translation-duplicate", path, plain(content), lang=entry.language or "")
            continue
        if unless_placeholder(plain(content), path, notes) is None:
            continue
        report_pictures(entry.element, path, notes)
        content = without_mark(check_text(content, entry.language, path, notes), path, notes)
        if subtitle:
            subtitle = check_text(subtitle, entry.language, f"{path}.subtitle", notes)
            subtitle = without_mark(subtitle, f"{path}.subtitle", notes)
        notes.provenance[path] = entry.version.source(local(entry.element))
        distinct.append(Title(text=content, subtitle=subtitle, lang=entry.language))
    return tuple(distinct)


def own_first(elements: list[TitleElement], own: str | None) -> list[TitleElement]:
    """The titles with the article's own language first. The order is otherwise unchanged."""
    return sorted(elements, key=lambda element: own is not None and element.language != own)


def _title_elements(version: LanguageVersion, notes: Notes) -> Iterator[TitleElement]:
    """The titles of one version in document order. A translated title has its own language."""
    for holder in version.groups.get("title-group", ()):
        groups = grouped(holder)
        own = [
            TitleElement(element, [], language_of(element, "titles", notes) or version.language, version)
            for element in groups.get("article-title", ())
        ]
        translated = [
            entry for group in groups.get("trans-title-group", ()) for entry in _translated(group, version, notes)
        ]
        entries = [*own, *translated, *_translated(holder, version, notes)]
        for element in groups.get("subtitle", ()):
            _add_subtitle(element, own[:1], entries, notes)
        yield from entries


def _add_subtitle(element: Element, own: list[TitleElement], entries: list[TitleElement], notes: Notes) -> None:
    """Adds a subtitle to the title, or to the translated title in the language of its own. Without one it is reported.

    If the language of the title is unknown, it is that of the first subtitle.
    """
    language = language_of(element, "titles", Notes())
    for title in own:
        known = title.language or next((language_of(one, "titles", Notes()) for one in title.subtitles), None)
        if language is None or known in (None, language):
            title.subtitles.append(element)
            return
    for title in entries:
        if title.language == language and not title.subtitles:
            title.subtitles.append(element)
            return
    if value := plain_text(element):
        notes.report("subtitle-left-out", "titles[0].subtitle", value, lang=language or "no language")


def _translated(holder: Element, version: LanguageVersion, notes: Notes) -> Iterator[TitleElement]:
    """The trans-titles in a group, or directly in the title-group (NLM 2.3), each with the subtitles after it."""
    pairs: list[tuple[Element, list[Element]]] = []
    for part in children(holder, "trans-title", "trans-subtitle"):
        if local(part) == "trans-title":
            pairs.append((part, []))
        elif pairs:
            pairs[-1][1].append(part)
    for element, subtitles in pairs:
        language = language_of(element, "titles", notes) or language_of(holder, "titles", notes)
        yield TitleElement(element, subtitles, language, version)


def _subtitle(elements: list[Element], path: str, notes: Notes) -> Text:
    """The subtitle. Several are joined with a colon."""
    joined: Text = ()
    for element in elements:
        content = content_of(element)
        if not is_empty(content) and unless_placeholder(plain(content), f"{path}.subtitle", notes):
            joined = text((*joined, ": ", *content)) if joined else content
    return joined


# A separator at the end of a title or the start of a subtitle: programs that show both add one.
_SEPARATOR_AFTER = re.compile(r"(?:\s*[:：;；|–—―]|\s--?)+\s*$")
_SEPARATOR_BEFORE = re.compile(r"^(?:\s*(?:[:：;；|–—―]|--?(?=\s)))+\s*")
_ENDS_IN_SEPARATOR = re.compile(r"(?:[:：;；.?!…–—―|(/]|\s--?)\s*$")
_WORD = re.compile(r"\w+")


def without_repetition(title: Text, subtitle: Text) -> tuple[Text, Text]:
    """Title and subtitle without separators between them, and without a subtitle that the title contains already."""
    if not title or not subtitle:
        return title, subtitle
    if _repeats(plain(title), plain(subtitle)):
        return title, ()
    last, first = title[-1], subtitle[0]
    if isinstance(last, str) and (shorter := _SEPARATOR_AFTER.sub("", last)) and len(shorter) < len(last):
        title = (*title[:-1], shorter)
    if isinstance(first, str) and (shorter := _SEPARATOR_BEFORE.sub("", first)) and len(shorter) < len(first):
        subtitle = (shorter, *subtitle[1:])
    return title, subtitle


def _repeats(title: str, subtitle: str) -> bool:
    """Whether the title is the subtitle, or ends in it after a separator."""
    words = r"\W+".join(map(re.escape, _WORD.findall(subtitle)))
    match = re.search(rf"(?<!\w){words}\W*$", title, re.IGNORECASE) if words else None
    return match is not None and (not match.start() or _ENDS_IN_SEPARATOR.search(title[: match.start()]) is not None)
