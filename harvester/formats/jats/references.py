"""The citation list: one `Reference` for each cited work, in order, with its whole text (mapping J10, R1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harvester.formats.damage import text_findings, without_controls
from harvester.formats.html import has_html, inline_from_html
from harvester.formats.jats.citations import OWN_TITLES, citation_fields, find_doi
from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.tree import Element, children, descendants
from harvester.formats.jats.wording import citation_text, visible_text
from harvester.formats.notes import Notes
from harvester.formats.placeholders import is_placeholder
from harvester.model import Reference
from harvester.text import fold, plain
from harvester.xmltools import local

_RUNNING_TEXT = ("mixed-citation", "citation")
_TAGGED = ("element-citation", "nlm-citation")
_CITATIONS = frozenset({*_RUNNING_TEXT, *_TAGGED, "citation-alternatives"})
_REMARKS = frozenset({"note", "p", "comment"})
_TAGGED_PARTS = frozenset({"source", "article-title", "person-group", "name", "year"})  # show that a citation is tagged
_AUTHORS = ("surname", "string-name", "collab")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?:^|(?<=\s))(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)])\s+(?=\S)")
_LINE_NUMBER = re.compile(r"^[ \t]*(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)]?)[ \t]+(?=\S)", re.MULTILINE)
# What is after a number that was cut off: `. Almeida`, `) Almeida`. Not `… and others`, `.NET`, `—. Reeds`.
_REST_OF_LABEL = re.compile(
    r"(?:[.,;:](?=[\s)\]]|(?!N[Ee][Tt]\b)[A-ZÀ-ÞА-Я])|[)\]](?=[\s.\w]))[.,;:)\]\s]*(?=[\w\"“«(\[])"
)
_HAS_YEAR = re.compile(r"(?<!\d)1[5-9]\d\d(?!\d)|(?<!\d)20\d\d(?!\d)")
_LIST_STARTS = ("1", "[1", "(1")
_MIN_ENTRY_LENGTH = 20  # characters of an entry, if the list is in one line
_MAX_KEY_LENGTH = 120  # characters


class RefContent(NamedTuple):
    """The content of one <ref>: its citations, other elements that are visible to a reader, and its label."""

    citations: list[Element]
    remarks: list[Element]
    label: Element | None


class CitedWork(NamedTuple):
    """One cited work before it is read: its text, and the elements that describe it, tagged elements first."""

    text: str | None
    citations: list[Element]


def references(article: Element, notes: Notes) -> tuple[Reference, ...]:
    """The references of the article, with unique keys."""
    refs = _listed(article)
    cited = list(map(_entries, refs))  # all of them first, so that the same code runs in a row (`formats.reader`)
    found: list[Reference] = []
    keys: set[str] = set()
    for number, (ref, entries) in enumerate(zip(refs, cited, strict=True), start=1):
        identifier = ref.get("id") or ""
        if not entries:
            notes.report("reference-empty", f"references[{len(found)}]", identifier)
        base = fold(identifier or f"ref{number}")[:_MAX_KEY_LENGTH]
        for index, entry in enumerate(entries):
            key = _unique(base if len(entries) == 1 else f"{base}{_suffix(index)}", keys)
            found.append(_reference(entry, key, f"references[{len(found)}]", notes))
    return tuple(found)


def _listed(article: Element) -> list[Element]:
    """The <ref> elements in `back`, else in `body` or `floats-group`. A list without them gives its paragraphs."""
    for part in ("back", "body", "floats-group"):
        lists = [ref_list for holder in children(article, part) for ref_list in descendants(holder, "ref-list")]
        if lists:
            refs = [ref for holder in children(article, part) for ref in descendants(holder, "ref")]
            return refs or [paragraph for ref_list in lists for paragraph in children(ref_list, "p")]
    return []


def _reference(entry: CitedWork, key: str, path: str, notes: Notes) -> Reference:
    fields: dict[str, str] = {}
    for citation in reversed(entry.citations):
        fields |= citation_fields(citation)
    line = entry.text or ""
    if has_html(line):
        line = plain(inline_from_html(line))
    if findings := text_findings(f"{path}.text", line):
        notes.add(findings)
        line = plain(without_controls((line,)))
    doi = find_doi(entry.citations, line, f"{path}.doi", notes)
    return Reference(key=key, text=line or None, doi=doi, **fields)


# ------------------------------------------------------------------------------------------ one <ref>


def _ref_content(ref: Element) -> RefContent:
    citations: list[Element] = []
    remarks: list[Element] = []
    label = None
    for element in ref:
        name = local(element)
        if name in _CITATIONS:
            citations.append(element)
        elif name in _REMARKS:
            remarks.append(element)
        elif name == "label" and label is None:
            label = element
    return RefContent(citations, remarks, label)


def _entries(ref: Element) -> list[CitedWork]:
    """The cited works of a <ref> that have text, without the number that is also in the label."""
    content = _ref_content(ref)
    return _without_label(
        [entry for entry in _cited_works(ref, content) if entry.text and not is_placeholder(entry.text)], content.label
    )


def _cited_works(ref: Element, content: RefContent) -> list[CitedWork]:
    """The cited works of a <ref>: usually one, several for `a`, `b`, …, or the lines of a pasted numbered list."""
    works = _grouped_citations(content.citations)
    if not works:
        return [CitedWork(line, []) for line in split_list(ref)]
    entries = list(map(_cited_work, works))
    if len(works) == 1 and (entries[0].text or "").startswith(_LIST_STARTS) and not any(map(_has_parts, works[0])):
        lines = split_list(works[0][0])
        entries = [CitedWork(line, []) for line in lines] if len(lines) > 1 else entries
    return _with_remarks(entries, content.remarks)


def _grouped_citations(citations: list[Element]) -> list[list[Element]]:
    """The citations of a <ref>, grouped by work. In each group the tagged citation is first."""
    if len(citations) == 2 and _is_pair(*map(local, citations)) and _are_one_work(*_tagged_first(citations)):
        return [_tagged_first(citations)]  # SciELO: the line as printed, and its tagged parts
    works = []
    for citation in citations:
        if local(citation) != "citation-alternatives":
            works.append([citation])
        elif alternatives := list(children(citation, *_RUNNING_TEXT, *_TAGGED)):
            works.append(_tagged_first(alternatives))
    return works


def _is_pair(name: str, other: str) -> bool:
    return (name in _RUNNING_TEXT and other in _TAGGED) or (name in _TAGGED and other in _RUNNING_TEXT)


def _are_one_work(tagged: Element, printed: Element) -> bool:
    """Whether the line has the title of the tagged work, or one of its authors if it has no title.

    Otherwise it is about another work, such as the correction of the first.
    """
    line = set(_WORD.findall(visible_text(printed).casefold()))
    title, people = (_words(tagged, names) for names in (OWN_TITLES, _AUTHORS))
    if title:
        return len(title & line) * 2 >= len(title)
    return not people or not people.isdisjoint(line)


def _words(citation: Element, names: tuple[str, ...]) -> set[str]:
    texts = [visible_text(element) for element in descendants(citation, *names)]
    return set(_WORD.findall(" ".join(texts).casefold()))


def _tagged_first(citations: list[Element]) -> list[Element]:
    return sorted(citations, key=lambda citation: local(citation) not in _TAGGED)


def _cited_work(work: list[Element]) -> CitedWork:
    """The work with the text of its running citation, else of the first citation with text."""
    prose = next(filter(_is_running_text, work), work[0])
    return CitedWork(citation_text(prose) or next(filter(None, map(citation_text, work)), None), work)


def _is_running_text(citation: Element) -> bool:
    return local(citation) in _RUNNING_TEXT


def _without_label(entries: list[CitedWork], element: Element | None) -> list[CitedWork]:
    """Removes the number from the text if it is also in the label (`1.` and `1. Smith …`), and the rest of one."""
    if not entries or not entries[0].text:
        return entries
    text = entries[0].text
    label = (plain_text(element) or "").strip(" .()[]")
    if label and text.startswith((label, f"[{label}", f"({label}")):
        number = re.match(rf"[\[(]?{re.escape(label)}(?:[\])]?\.?\s+|[\])]|\.(?=\D))\s*", text)
        text = text[number.end() :] or text if number else text
    elif rest := _REST_OF_LABEL.match(text):
        text = text[rest.end() :]
    return entries if text is entries[0].text else [entries[0]._replace(text=text), *entries[1:]]


def _has_parts(citation: Element) -> bool:
    return any(local(part) in _TAGGED_PARTS for part in citation)


def _with_remarks(entries: list[CitedWork], remarks: list[Element]) -> list[CitedWork]:
    """Adds the remarks of a <ref> to the text of its last work."""
    lines = list(filter(None, map(visible_text, remarks)))
    if not lines or not entries:
        return entries
    last = entries[-1]
    return [*entries[:-1], last._replace(text=" ".join([last.text or "", *lines]).strip())]


# ----------------------------------------------------------------------------------- pasted lists, keys


def split_list(element: Element) -> list[str]:
    """The entries of a list numbered 1, 2, 3 …, without their numbers. Any other text is one entry.

    The numbers are at the start of lines. In running text, every entry must look like a reference.
    """
    whole = visible_text(element)
    if not whole.startswith(_LIST_STARTS):
        return [whole] if whole else []
    lines = _split("\n".join(_lines(element)), _LINE_NUMBER)
    if len(lines) > 1:
        return lines
    lines = _split(whole, _NUMBER)
    if len(lines) > 1 and all(len(line) >= _MIN_ENTRY_LENGTH and _HAS_YEAR.search(line) for line in lines):
        return lines
    return [whole]


def _lines(element: Element) -> Iterator[str]:
    """The lines of the text: its own line breaks are kept, and each paragraph or <break> starts a new line."""
    line = element.text or ""
    for inner in element:
        if local(inner) in ("break", "p", "list", "list-item"):
            yield line
            line = ""
        if local(inner) != "label":
            line += visible_text(inner)
        line += inner.tail or ""
    yield line


def _split(raw: str, pattern: re.Pattern[str]) -> list[str]:
    """The text after each number, if the numbers are 1, 2, 3 … and no text is before the first; else an empty list."""
    marks = list(pattern.finditer(raw))
    numbers = [int(next(group for group in mark.groups() if group)) for mark in marks]
    if len(marks) < 2 or numbers != list(range(1, len(marks) + 1)) or raw[: marks[0].start()].strip():
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(raw)]
    return [fold(raw[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]


def _suffix(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f"-{index + 1}"


def _unique(key: str, keys: set[str]) -> str:
    """The key, with a number appended if the key is already used. Adds it to `keys`."""
    candidate, number = key, 1
    while candidate in keys:
        number += 1
        candidate = f"{key}-{number}"
    keys.add(candidate)
    return candidate
