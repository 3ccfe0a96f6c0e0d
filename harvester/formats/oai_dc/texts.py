"""Titles, abstracts and keywords with their languages (mapping D7, D8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.formats.blocks import map_texts, plain_blocks
from harvester.formats.damage import has_controls, text_findings, without_controls
from harvester.formats.html import blocks_from_html, inline_from_html
from harvester.formats.languages import script_of
from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields, Value, language_first, report_wrong_script
from harvester.formats.placeholders import says_no_abstract, unless_placeholder
from harvester.formats.title_marks import without_mark
from harvester.model import Abstract, Block, Keyword, Title
from harvester.text import Text, fold, plain

_EXCERPT_LENGTH = 120  # characters of a text in a finding
_BRIEF_LENGTH = 40  # if a finding shows several texts
_ADDRESS = re.compile(r"https?://\S+")


def titles(fields: Fields, language: str | None, notes: Notes) -> tuple[Title, ...]:
    """The titles, the article's language first. `Title: subtitle` is not split. Janeway also has dc:articleTitle."""
    values = fields.all("title") or fields.all("articleTitle")
    distinct: dict[Text, Title] = {}
    for value in language_first(_distinct(values), language):
        content = inline_from_html(value.text)
        path = f"titles[{len(distinct)}]"
        characters = plain(content)
        if content in distinct or not _has_words(characters, path, notes):
            continue
        if unless_placeholder(characters, path, notes) is not None:
            checked = without_mark(_check_text(content, value.lang, path, notes), path, notes)
            distinct[content] = Title(text=checked, lang=value.lang)
    return tuple(distinct.values())


def abstracts(fields: Fields, language: str | None, profile: str, notes: Notes) -> tuple[Abstract, ...]:
    """One description for each language, or for each script where no language is given.

    Repositories add notes of many kinds. Of several descriptions in one language, only arXiv's first is known to be the
    abstract.
    """
    descriptions: dict[tuple[str | None, str | None], list[tuple[tuple[Block, ...], str]]] = {}
    for value in language_first(_distinct(fields.all("description")), language):
        blocks = () if _ADDRESS.fullmatch(value.text) else blocks_from_html(value.text)
        characters = plain_blocks(blocks)
        if not _has_words(characters, "abstracts", notes):
            continue
        if says_no_abstract(characters):
            notes.report("placeholder-value", "abstracts", characters)
        else:
            key = (value.lang, None if value.lang else script_of(characters))
            known = descriptions.setdefault(key, [])
            if all(blocks != other for other, _ in known):
                known.append((blocks, characters))
    return tuple(_one_per_language(descriptions, profile, notes))


def _one_per_language(
    descriptions: dict[tuple[str | None, str | None], list[tuple[tuple[Block, ...], str]]], profile: str, notes: Notes
) -> Iterator[Abstract]:
    number = 0
    for (lang, _), values in descriptions.items():
        (blocks, characters), *others = values
        if others and profile != "arxiv":
            notes.report("abstract-ambiguous", "abstracts", " / ".join(text[:_BRIEF_LENGTH] for _, text in values))
            continue
        for _, note in others:
            notes.report("description-unused", "abstracts", note[:_EXCERPT_LENGTH])
        path = f"abstracts[{number}]"
        notes.add(text_findings(path, characters))
        report_wrong_script(characters, lang, path, notes)
        if has_controls(characters):
            blocks = tuple(map_texts(block, without_controls) for block in blocks)
        yield Abstract(blocks=blocks, lang=lang)
        number += 1


def keywords(fields: Fields, notes: Notes) -> tuple[Keyword, ...]:
    """The distinct keywords of each language, as written. `a; b; c` in one element is not split."""
    distinct: dict[Keyword, None] = {}
    for value in fields.all("subject"):
        content = plain_line(value.text)
        if any(map(str.isalpha, content)) and unless_placeholder(content, f"keywords[{len(distinct)}]", notes):
            distinct.setdefault(Keyword(content, value.lang))
    for number, keyword in enumerate(distinct):
        if not keyword.text.isascii():
            notes.add(text_findings(f"keywords[{number}]", keyword.text))
            report_wrong_script(keyword.text, keyword.lang, f"keywords[{number}]", notes)
    return tuple(distinct)


def plain_line(raw: str) -> str:
    """The value as plain text in one line, without markup and control characters."""
    if "<" not in raw and "&" not in raw and raw.isprintable():
        return fold(raw)
    return plain(without_controls(inline_from_html(raw)))


def _distinct(values: list[Value]) -> list[Value]:
    """The values without repeated texts. OJS repeats a text under every language that has no text of its own."""
    if len(values) < 2:
        return values
    first: dict[str, Value] = {}
    for value in values:
        first.setdefault(fold(value.text), value)
    return list(first.values())


def _has_words(characters: str, path: str, notes: Notes) -> bool:
    """Whether the value has a letter. A value with digits but no letter is reported; a dot or dash is not."""
    if any(map(str.isalpha, characters)):
        return True
    if any(map(str.isdigit, characters)):
        notes.report("text-without-letters", path.partition("[")[0], characters[:_EXCERPT_LENGTH])
    return False


def _check_text(content: Text, lang: str | None, path: str, notes: Notes) -> Text:
    characters = plain(content)
    notes.add(text_findings(path, characters))
    report_wrong_script(characters, lang, path, notes)
    return without_controls(content)
