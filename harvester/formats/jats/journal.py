"""The journal: titles, abbreviation, ISSNs and publisher (mapping J4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harvester.formats.issns import Medium, configured_media, with_media
from harvester.formats.jats.inline import is_empty, plain_text
from harvester.formats.jats.texts import content_of, language_of
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, grouped
from harvester.formats.notes import Notes
from harvester.formats.placeholders import is_placeholder, unless_field_name
from harvester.identifiers import clean_issn, is_empty_issn
from harvester.model import Issn, Journal, JournalFacts, LangText
from harvester.text import plain

_MEDIA: dict[str, Medium] = {
    "epub": "electronic",
    "electronic": "electronic",
    "online": "electronic",
    "online-only": "electronic",
    "web": "electronic",
    "ppub": "print",
    "print": "print",
}
_LINKING = frozenset({"issn-l", "linking", "l-issn"})  # the linking ISSN belongs to no medium
_ABBREVIATIONS = ("publisher", "nlm-ta", "pubmed", "iso-abbrev", "")


def journal(meta: Element | None, journals: Mapping[str, JournalFacts], notes: Notes) -> Journal:
    """The journal described by <journal-meta>. `journals` are the configured ones."""
    groups = grouped(meta)
    holders = [*groups.get("journal-title-group", ()), *([meta] if meta is not None else [])]
    publisher = next((child(element, "publisher-name") for element in groups.get("publisher", ())), None)
    return Journal(
        titles=_titles(holders, notes),
        abbreviation=_abbreviation(holders, groups),
        issns=_issns(groups, journals, notes),
        publisher=unless_field_name(plain_text(publisher), "journal.publisher", notes),
    )


def _titles(holders: list[Element], notes: Notes) -> tuple[LangText, ...]:
    titles: list[LangText] = []
    for element, group in (pair for holder in holders for pair in _title_elements(holder)):
        path = f"journal.titles[{len(titles)}]"
        content = content_of(element)
        if is_empty(content) or unless_field_name(plain(content), path, notes) is None:
            continue
        if all(content != title.text for title in titles):
            titles.append(LangText(content, language_of(element, path, notes) or language_of(group, path, notes)))
    return tuple(titles)


def _title_elements(holder: Element) -> Iterator[tuple[Element, Element]]:
    """The titles in an element, each with the element that may have its language."""
    for element in children(holder, "journal-title"):
        yield element, element
    for element in children(holder, "trans-title"):
        yield element, element
    for group in children(holder, "trans-title-group"):
        for element in children(group, "trans-title"):
            yield element, group


def _abbreviation(holders: list[Element], groups: Grouped) -> str | None:
    """The publisher's abbreviation, else that of a library, else any."""
    by_type: dict[str, str] = {}
    for element in (element for holder in holders for element in children(holder, "abbrev-journal-title")):
        if (value := plain_text(element)) and not is_placeholder(value):
            by_type.setdefault(attribute(element, "abbrev-type"), value)
    for element in groups.get("journal-id", ()):
        kind = attribute(element, "journal-id-type")
        if kind in ("nlm-ta", "iso-abbrev") and (value := plain_text(element)):
            by_type.setdefault(kind, value)
    return next((by_type[kind] for kind in (*_ABBREVIATIONS, *by_type) if kind in by_type), None)


def _issns(groups: Grouped, journals: Mapping[str, JournalFacts], notes: Notes) -> tuple[Issn, ...]:
    """The distinct ISSNs. Of both media that one ISSN is given for, the configured one counts, or else both.

    A `journal-id` may name the medium.
    """
    media: dict[str, list[Medium]] = {}
    typed = [(element, attribute(element, "pub-type", "publication-format")) for element in groups.get("issn", ())]
    loose = [
        (element, "")
        for element in groups.get("journal-id", ())
        if attribute(element, "journal-id-type") in _ISSN_TYPES
    ]
    for element, kind in (*typed, *loose):
        raw = plain_text(element)
        if raw is None or kind in _LINKING or unless_field_name(raw, "journal.issns", notes) is None:
            continue
        value = clean_issn(raw)
        if value is None:
            code = "placeholder-value" if is_empty_issn(raw) else "issn-invalid"
            notes.report(code, f"journal.issns[{len(media)}]", raw)
            continue
        known = media.setdefault(value, [])
        medium = _MEDIA.get(kind) or _MEDIA_OF_IDS.get(attribute(element, "journal-id-type"))
        if medium and medium not in known:
            known.append(medium)
    return with_media(
        {value: (len(known) > 1 and configured_media(value, journals)) or known for value, known in media.items()}
    )


_ISSN_TYPES = frozenset({"issn", "eissn", "e-issn", "epub", "ppub", "pissn", "p-issn"})
_MEDIA_OF_IDS: dict[str, Medium] = {
    "eissn": "electronic",
    "e-issn": "electronic",
    "epub": "electronic",
    "pissn": "print",
    "p-issn": "print",
    "ppub": "print",
}
