"""The abstracts of an article, each in its language (mapping J8), and its keywords."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harvester.formats.jats.blocks import blocks
from harvester.formats.jats.inline import is_empty, words
from harvester.formats.jats.texts import language_of
from harvester.formats.jats.titles import Version
from harvester.formats.jats.tree import Element, attribute, child, children, descendants, vocabulary
from harvester.formats.notes import Notes
from harvester.model import Abstract, Hints, Keyword
from harvester.xmltools import local

_ABSTRACTS = frozenset({"", "abstract", "structured", "standard"})
_NO_KEYWORDS = vocabulary("abbreviations osf-badges badges claim-importance evidence-strength")
_CODES = frozenset({"code", "uat-code", "vocab-term-identifier", "identifier", "uri"})


class AbstractElement(NamedTuple):
    """One abstract before it is read."""

    element: Element
    language: str | None
    version: Version


def abstracts(versions: list[Version], hints: Hints, notes: Notes) -> tuple[Abstract, ...]:
    """Every abstract with its language, the article's first. Other kinds of summary are taken only where configured."""
    found: list[Abstract] = []
    own = versions[0].language
    elements = [each for version in versions for each in _abstract_elements(version, hints, notes)]
    for each in sorted(elements, key=lambda each: own is not None and each.language != own):
        path = f"abstracts[{len(found)}]"
        if each.version.is_translation and any(each.language == other.lang for other in found):
            notes.report("translation-duplicate", path, (words(each.element) or "")[:120], lang=each.language or "")
            continue
        content = blocks(each.element, each.language, path, notes)
        if content and all(content != other.blocks for other in found):
            notes.provenance[path] = each.version.source(local(each.element))
            found.append(Abstract(blocks=content, lang=each.language))
    return tuple(found)


def _abstract_elements(version: Version, hints: Hints, notes: Notes) -> Iterator[AbstractElement]:
    for element in (*version.groups.get("abstract", ()), *version.groups.get("trans-abstract", ())):
        said = attribute(element, "abstract-type")
        if said in _ABSTRACTS or said in hints.abstract_types:
            inherited = version.language if local(element) == "abstract" else None
            yield AbstractElement(element, language_of(element, "abstracts", notes) or inherited, version)
        else:
            notes.report("abstract-type-skipped", "abstracts", said)


def keywords(versions: list[Version], notes: Notes) -> tuple[Keyword, ...]:
    """The keywords with the language of their group, each once. Subject headings of the journal are none."""
    found: list[Keyword] = []
    for version in versions:
        for group in version.groups.get("kwd-group", ()):
            if attribute(group, "kwd-group-type") not in _NO_KEYWORDS:
                language = language_of(group, "keywords", notes) or version.language
                found += [Keyword(each, language) for each in _keywords(group)]
    return tuple(dict.fromkeys(found))


def _keywords(group: Element) -> Iterator[str]:
    for each in descendants(group, "kwd", "compound-kwd", "unstructured-kwd-group"):
        said = _compound(each) if child(each, "compound-kwd-part") is not None else words(each)
        if said and not is_empty((said,)):
            yield said


def _compound(element: Element) -> str:
    """A keyword with its code in a vocabulary: the words."""
    parts = [part for part in children(element, "compound-kwd-part") if attribute(part, "content-type") not in _CODES]
    return ", ".join(found for part in parts if (found := words(part)))
