"""The journal: titles, abbreviation, ISSN, publisher (mapping J4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from harvester.formats.jats.inline import inline, is_empty, words
from harvester.formats.jats.texts import language_of
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, grouped
from harvester.formats.notes import Notes
from harvester.identifiers import clean_issn
from harvester.model import Issn, Journal, LangText
from harvester.text import plain

Medium = Literal["print", "electronic"]

_MEDIA: dict[str, Medium] = {
    "epub": "electronic",
    "electronic": "electronic",
    "online": "electronic",
    "online-only": "electronic",
    "web": "electronic",
    "ppub": "print",
    "print": "print",
}
_NOT_OURS = frozenset({"issn-l", "linking", "l-issn"})  # the linking ISSN belongs to no medium
_ABBREVIATIONS = ("publisher", "nlm-ta", "pubmed", "iso-abbrev", "")
# ¿VOL?, [VOLUME], The Publisher Name: what templates say until somebody fills them in.
_PLACEHOLDER = re.compile(
    r"¿[^?]*\?|\[?(?:volume|issue|vol|no|number|page|pages|fpage|lpage|elocation|publisher|journal)\]?|x{2,}|tb[ad]|n/a|"
    r"(?:the )?(?:publisher|journal)(?:['’]s)? (?:name|title)|(?:name of (?:the )?)(?:publisher|journal)",
    re.IGNORECASE,
)


def journal(meta: Element | None, notes: Notes) -> Journal:
    """What <journal-meta> says of the journal."""
    groups = grouped(meta)
    holders = [*groups.get("journal-title-group", ()), *([meta] if meta is not None else [])]
    publisher = next((child(each, "publisher-name") for each in groups.get("publisher", ())), None)
    return Journal(
        titles=_titles(holders, notes),
        abbreviation=_abbreviation(holders, groups),
        issns=_issns(groups, notes),
        publisher=filled_in(words(publisher), "journal.publisher", notes),
    )


def filled_in(value: str | None, path: str, notes: Notes) -> str | None:
    """The value, unless it is the template's own word for it."""
    if value is not None and _PLACEHOLDER.fullmatch(value):
        notes.report("placeholder-value", path, value)
        return None
    return value


def _titles(holders: list[Element], notes: Notes) -> tuple[LangText, ...]:
    found: list[LangText] = []
    for element, group in (pair for holder in holders for pair in _title_elements(holder)):
        path = f"journal.titles[{len(found)}]"
        content = inline(element)
        if is_empty(content) or filled_in(plain(content), path, notes) is None:
            continue
        if all(content != each.text for each in found):
            found.append(LangText(content, language_of(element, path, notes) or language_of(group, path, notes)))
    return tuple(found)


def _title_elements(holder: Element) -> Iterator[tuple[Element, Element]]:
    """The titles in a holder, each with the element that may give its language."""
    for each in children(holder, "journal-title"):
        yield each, each
    for each in children(holder, "trans-title"):
        yield each, each
    for group in children(holder, "trans-title-group"):
        for each in children(group, "trans-title"):
            yield each, group


def _abbreviation(holders: list[Element], groups: Grouped) -> str | None:
    """The publisher's abbreviation, else a library's, else any."""
    said: dict[str, str] = {}
    for each in (each for holder in holders for each in children(holder, "abbrev-journal-title")):
        if value := words(each):
            said.setdefault(attribute(each, "abbrev-type"), value)
    for each in groups.get("journal-id", ()):
        kind = attribute(each, "journal-id-type")
        if kind in ("nlm-ta", "iso-abbrev") and (value := words(each)):
            said.setdefault(kind, value)
    return next((said[kind] for kind in (*_ABBREVIATIONS, *said) if kind in said), None)


def _issns(groups: Grouped, notes: Notes) -> tuple[Issn, ...]:
    """Every ISSN once; one given as a journal's identifier says nothing about the medium, nor one given for both."""
    media: dict[str, list[Medium]] = {}
    typed = [(each, attribute(each, "pub-type", "publication-format")) for each in groups.get("issn", ())]
    loose = [(each, "") for each in groups.get("journal-id", ()) if attribute(each, "journal-id-type") in _ISSN_TYPES]
    for element, said in (*typed, *loose):
        raw = words(element)
        if raw is None or said in _NOT_OURS or filled_in(raw, "journal.issns", notes) is None:
            continue
        value = clean_issn(raw)
        if value is None:
            notes.report("issn-invalid", f"journal.issns[{len(media)}]", raw)
            continue
        known = media.setdefault(value, [])
        medium = _MEDIA.get(said) or _MEDIA_OF_IDS.get(attribute(element, "journal-id-type"))
        if medium and medium not in known:
            known.append(medium)
    return tuple(Issn(value, known[0] if len(known) == 1 else None) for value, known in media.items())


_ISSN_TYPES = frozenset({"issn", "eissn", "e-issn", "epub", "ppub", "pissn", "p-issn"})
_MEDIA_OF_IDS: dict[str, Medium] = {
    "eissn": "electronic",
    "e-issn": "electronic",
    "epub": "electronic",
    "pissn": "print",
    "p-issn": "print",
    "ppub": "print",
}
