"""The list of references: one `Reference` for each cited work, in order, with its whole text (mapping J10, R1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harvester.formats.damage import text_findings, without_controls
from harvester.formats.html import inline_from_html
from harvester.formats.jats.citations import fields, find_doi
from harvester.formats.jats.inline import words
from harvester.formats.jats.texts import is_escaped
from harvester.formats.jats.tree import Element, children, descendants
from harvester.formats.jats.wording import as_it_reads, wording
from harvester.formats.notes import Notes
from harvester.model import Reference
from harvester.text import fold, plain
from harvester.xmltools import local

_PROSE = ("mixed-citation", "citation")
_TAGGED = ("element-citation", "nlm-citation")
_CITATIONS = frozenset({*_PROSE, *_TAGGED, "citation-alternatives"})
_BESIDE = frozenset({"note", "p", "comment"})
_SIGNS = frozenset({"source", "article-title", "person-group", "name", "year"})  # of a citation in tagged parts
_NUMBER = re.compile(r"(?:^|(?<=\s))(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)])\s+(?=\S)")
_LINE_NUMBER = re.compile(r"^[ \t]*(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)]?)[ \t]+(?=\S)", re.MULTILINE)
_HAS_YEAR = re.compile(r"(?<!\d)1[5-9]\d\d(?!\d)|(?<!\d)20\d\d(?!\d)")
_FIRST = ("1", "[1", "(1")  # how a list begins
_SHORTEST = 20  # characters of an entry in a list that runs on in one line
_LONGEST_KEY = 120


class Parts(NamedTuple):
    """What stands in one <ref>: its citations, the elements beside them that a reader sees too, its label."""

    citations: list[Element]
    beside: list[Element]
    label: Element | None


class Entry(NamedTuple):
    """One reference before it is read: its text, and the elements that describe the same work, best tagged first."""

    text: str | None
    citations: list[Element]


def references(article: Element, notes: Notes) -> tuple[Reference, ...]:
    """Every reference of the article's list, with keys unique in it."""
    refs = _listed(article)
    cited = list(map(_entries, refs))  # of all of them first: the same work is done in a row (`formats.steps`)
    found: list[Reference] = []
    keys: set[str] = set()
    for number, (ref, entries) in enumerate(zip(refs, cited, strict=True), start=1):
        identifier = ref.get("id") or ""
        if not entries:
            notes.report("reference-empty", f"references[{len(found)}]", identifier)
        base = fold(identifier or f"ref{number}")[:_LONGEST_KEY]
        for index, entry in enumerate(entries):
            key = _unique(base if len(entries) == 1 else f"{base}{_suffix(index)}", keys)
            found.append(_reference(entry, key, f"references[{len(found)}]", notes))
    return tuple(found)


def _listed(article: Element) -> list[Element]:
    """The <ref> elements of the back, else of the body; else the paragraphs of a list that has none."""
    for part in ("back", "body", "floats-group"):
        lists = [ref_list for holder in children(article, part) for ref_list in descendants(holder, "ref-list")]
        if lists:
            refs = [ref for holder in children(article, part) for ref in descendants(holder, "ref")]
            return refs or [each for ref_list in lists for each in children(ref_list, "p")]
    return []


def _reference(entry: Entry, key: str, path: str, notes: Notes) -> Reference:
    found: dict[str, str] = {}
    for citation in reversed(entry.citations):
        found |= fields(citation)
    line = entry.text or ""
    if is_escaped(line):
        line = plain(inline_from_html(line))
    if findings := text_findings(f"{path}.text", line):
        notes.add(findings)
        line = plain(without_controls((line,)))
    doi = find_doi(entry.citations, line, f"{path}.doi", notes)
    return Reference(key=key, text=line or None, doi=doi, **found)


# ------------------------------------------------------------------------------- what is in one <ref>


def _parts(ref: Element) -> Parts:
    citations: list[Element] = []
    beside: list[Element] = []
    label = None
    for each in ref:
        name = local(each)
        if name in _CITATIONS:
            citations.append(each)
        elif name in _BESIDE:
            beside.append(each)
        elif name == "label" and label is None:
            label = each
    return Parts(citations, beside, label)


def _entries(ref: Element) -> list[Entry]:
    """The works a <ref> cites, as far as they say anything, without the number that its label gives too."""
    parts = _parts(ref)
    return _without_label([entry for entry in _cited(ref, parts) if entry.text], parts.label)


def _cited(ref: Element, parts: Parts) -> list[Entry]:
    """The works a <ref> cites: mostly one; `a`, `b`, … each on its own; a numbered list pasted into one is split."""
    works = _works(parts.citations)
    if not works:
        return [Entry(line, []) for line in split_list(ref)]
    entries = list(map(_entry, works))
    if len(works) == 1 and (entries[0].text or "").startswith(_FIRST) and not any(map(_is_tagged, works[0])):
        lines = split_list(works[0][0])
        entries = [Entry(line, []) for line in lines] if len(lines) > 1 else entries
    return _with_notes(entries, parts.beside)


def _works(citations: list[Element]) -> list[list[Element]]:
    """The citations of a <ref>, those that describe the same work together, the tagged one first."""
    if len(citations) == 2 and _is_pair(*map(local, citations)):
        return [_tagged_first(citations)]  # SciELO: the line as printed, and its parts
    works = []
    for each in citations:
        if local(each) != "citation-alternatives":
            works.append([each])
        elif same := list(children(each, *_PROSE, *_TAGGED)):
            works.append(_tagged_first(same))
    return works


def _is_pair(one: str, other: str) -> bool:
    return (one in _PROSE and other in _TAGGED) or (one in _TAGGED and other in _PROSE)


def _tagged_first(citations: list[Element]) -> list[Element]:
    return sorted(citations, key=lambda each: local(each) not in _TAGGED)


def _entry(work: list[Element]) -> Entry:
    """A work with the text of its running citation, else of the first that has any."""
    prose = next(filter(_is_prose, work), work[0])
    return Entry(wording(prose) or next(filter(None, map(wording, work)), None), work)


def _is_prose(citation: Element) -> bool:
    return local(citation) in _PROSE


def _without_label(entries: list[Entry], element: Element | None) -> list[Entry]:
    """Takes the number off the text where it stands there and in the label too (`1.` and `1. Smith …`)."""
    label = (words(element) or "").strip(" .()[]")
    text = entries[0].text if entries else None
    if not label or not text or not text.startswith((label, f"[{label}", f"({label}")):
        return entries
    again = re.match(rf"[\[(]?{re.escape(label)}(?:[\])]?\.?\s+|[\])]|\.(?=\D))\s*", text)
    return [entries[0]._replace(text=text[again.end() :] or text), *entries[1:]] if again else entries


def _is_tagged(citation: Element) -> bool:
    return any(local(each) in _SIGNS for each in citation)


def _with_notes(entries: list[Entry], beside: list[Element]) -> list[Entry]:
    """Adds what is written beside the citations of a <ref> to the last of them."""
    lines = list(filter(None, map(as_it_reads, beside)))
    if not lines or not entries:
        return entries
    last = entries[-1]
    return [*entries[:-1], last._replace(text=" ".join([last.text or "", *lines]).strip())]


# ----------------------------------------------------------------------------------- pasted lists, keys


def split_list(element: Element) -> list[str]:
    """The lines of a list numbered 1, 2, 3 … without their numbers; any other text is one line, as it reads.

    The numbers stand at the beginnings of lines; in text that runs on, every entry must look like one.
    """
    whole = as_it_reads(element)
    if not whole.startswith(_FIRST):
        return [whole] if whole else []
    lines = _split("\n".join(_lines(element)), _LINE_NUMBER)
    if len(lines) > 1:
        return lines
    lines = _split(whole, _NUMBER)
    if len(lines) > 1 and all(len(line) >= _SHORTEST and _HAS_YEAR.search(line) for line in lines):
        return lines
    return [whole]


def _lines(element: Element) -> Iterator[str]:
    """The text with its own line breaks kept, and each paragraph or <break> on a new line."""
    line = element.text or ""
    for each in element:
        if local(each) in ("break", "p", "list", "list-item"):
            yield line
            line = ""
        if local(each) != "label":
            line += as_it_reads(each)
        line += each.tail or ""
    yield line


def _split(raw: str, pattern: re.Pattern[str]) -> list[str]:
    """The text behind each number if the numbers are 1, 2, 3 … and nothing stands before the first; else nothing."""
    marks = list(pattern.finditer(raw))
    numbers = [int(next(group for group in mark.groups() if group)) for mark in marks]
    if len(marks) < 2 or numbers != list(range(1, len(marks) + 1)) or raw[: marks[0].start()].strip():
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(raw)]
    return [fold(raw[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]


def _suffix(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f"-{index + 1}"


def _unique(key: str, keys: set[str]) -> str:
    """The key, with a number behind it where the list has it already."""
    candidate, number = key, 1
    while candidate in keys:
        number += 1
        candidate = f"{key}-{number}"
    keys.add(candidate)
    return candidate
