"""The abstracts of an article, each with its language, and its keywords (mapping J8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harvester.formats.blocks import plain_blocks
from harvester.formats.jats.blocks import blocks
from harvester.formats.jats.inline import is_empty, plain_text
from harvester.formats.jats.texts import language_of
from harvester.formats.jats.titles import LanguageVersion
from harvester.formats.jats.tree import Element, attribute, child, children, descendants, vocabulary
from harvester.formats.notes import Notes
from harvester.formats.placeholders import says_no_abstract, unless_placeholder
from harvester.model import Abstract, Hints, Keyword
from harvester.xmltools import local

_ABSTRACT_TYPES = frozenset({"", "abstract", "structured", "standard"})
_NOT_KEYWORDS = vocabulary("abbreviations osf-badges badges claim-importance evidence-strength")
_CODES = frozenset({"code", "uat-code", "vocab-term-identifier", "identifier", "uri"})


class AbstractElement(NamedTuple):
    """One abstract before it is read."""

    element: Element
    language: str | None
    version: LanguageVersion


def abstracts(versions: list[LanguageVersion], hints: Hints, notes: Notes) -> tuple[Abstract, ...]:
    """The distinct abstracts, the article's language first. Other kinds of summary are used only if configured."""
    distinct: list[Abstract] = []
    own = versions[0].language
    entries = [entry for version in versions for entry in _abstract_elements(version, hints, notes)]
    for entry in sorted(entries, key=lambda entry: own is not None and entry.language != own):
        path = f"abstracts[{len(distinct)}]"
        if entry.version.is_translation and any(entry.language == other.lang for other in distinct):
            notes.report(
                "translation-duplicate",
                path,
                (plain_text(entry.element) or "")[:120],
                lang=entry.language or "",
            )
            continue
        content = blocks(entry.element, entry.language, path, notes)
        if content and says_no_abstract(characters := plain_blocks(content).strip()):
            notes.report("placeholder-value", path, characters)
            continue
        if content and all(content != other.blocks for other in distinct):
            notes.provenance[path] = entry.version.source(local(entry.element))
            if any(entry.language == other.lang for other in distinct):
                notes.report("abstract-second", path, plain_blocks(content)[:120], lang=entry.language or "no language")
            distinct.append(Abstract(blocks=content, lang=entry.language))
    return tuple(distinct)


def _abstract_elements(version: LanguageVersion, hints: Hints, notes: Notes) -> Iterator[AbstractElement]:
    for element in (*version.groups.get("abstract", ()), *version.groups.get("trans-abstract", ())):
        kind = attribute(element, "abstract-type")
        if kind in _ABSTRACT_TYPES or kind in hints.abstract_types:
            inherited = version.language if local(element) == "abstract" else None
            yield AbstractElement(element, language_of(element, "abstracts", notes) or inherited, version)
        else:
            notes.report("abstract-type-skipped", "abstracts", kind)


def keywords(versions: list[LanguageVersion], notes: Notes) -> tuple[Keyword, ...]:
    """The distinct keywords with the language of their group. Subject headings of the journal are not keywords."""
    collected: list[Keyword] = []
    for version in versions:
        for group in version.groups.get("kwd-group", ()):
            if attribute(group, "kwd-group-type") not in _NOT_KEYWORDS:
                language = language_of(group, "keywords", notes) or version.language
                collected += [
                    Keyword(keyword, language)
                    for keyword in _keywords(group)
                    if unless_placeholder(keyword, f"keywords[{len(collected)}]", notes)
                ]
    return tuple(dict.fromkeys(collected))


def _keywords(group: Element) -> Iterator[str]:
    for element in descendants(group, "kwd", "compound-kwd", "unstructured-kwd-group"):
        keyword = _compound(element) if child(element, "compound-kwd-part") is not None else plain_text(element)
        if keyword and not is_empty((keyword,)):
            yield keyword


def _compound(element: Element) -> str:
    """The words of a keyword, without its code in a vocabulary."""
    parts = [part for part in children(element, "compound-kwd-part") if attribute(part, "content-type") not in _CODES]
    return ", ".join(part_text for part in parts if (part_text := plain_text(part)))
