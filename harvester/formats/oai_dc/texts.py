"""Titles, abstracts and subjects, each in its languages (mapping D7, D8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.formats.blocks import map_texts, plain_blocks
from harvester.formats.damage import has_controls, text_findings, without_controls
from harvester.formats.html import blocks_from_html, inline_from_html
from harvester.formats.languages import script_of
from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields, Value, check_script, language_first
from harvester.model import Abstract, Block, Keyword, Title
from harvester.text import Text, fold, plain

_SHOWN = 120  # characters of a text in a finding
_EXCERPT = 40  # of each of several
_ADDRESS = re.compile(r"https?://\S+")


def titles(fields: Fields, language: str | None, notes: Notes) -> tuple[Title, ...]:
    """The titles, the article's language first. `Title: subtitle` stays one; Janeway gives it under two names."""
    values = fields.all("title") or fields.all("articleTitle")
    found: dict[Text, Title] = {}
    for value in language_first(_distinct(values), language):
        content = inline_from_html(value.text)
        path = f"titles[{len(found)}]"
        if content not in found and _has_words(plain(content), path, notes):
            found[content] = Title(text=_checked(content, value.lang, path, notes), lang=value.lang)
    return tuple(found.values())


def abstracts(fields: Fields, language: str | None, profile: str, notes: Notes) -> tuple[Abstract, ...]:
    """The description of each language, or of each script where no language is said.

    Repositories put notes of all kinds beside the abstract: of several descriptions in one language only arXiv's first
    is known to be the abstract.
    """
    found: dict[tuple[str | None, str | None], list[tuple[tuple[Block, ...], str]]] = {}
    for value in language_first(_distinct(fields.all("description")), language):
        blocks = () if _ADDRESS.fullmatch(value.text) else blocks_from_html(value.text)
        characters = plain_blocks(blocks)
        if _has_words(characters, "abstracts", notes):
            key = (value.lang, None if value.lang else script_of(characters))
            same = found.setdefault(key, [])
            if all(blocks != others for others, _ in same):
                same.append((blocks, characters))
    return tuple(_told_apart(found, profile, notes))


def _told_apart(
    found: dict[tuple[str | None, str | None], list[tuple[tuple[Block, ...], str]]], profile: str, notes: Notes
) -> Iterator[Abstract]:
    number = 0
    for (lang, _), descriptions in found.items():
        (blocks, characters), *others = descriptions
        if others and profile != "arxiv":
            notes.report("abstract-ambiguous", "abstracts", " / ".join(each[:_EXCERPT] for _, each in descriptions))
            continue
        for _, note in others:
            notes.report("description-unused", "abstracts", note[:_SHOWN])
        path = f"abstracts[{number}]"
        notes.add(text_findings(path, characters))
        check_script(characters, lang, path, notes)
        if has_controls(characters):
            blocks = tuple(map_texts(block, without_controls) for block in blocks)
        yield Abstract(blocks=blocks, lang=lang)
        number += 1


def keywords(fields: Fields, notes: Notes) -> tuple[Keyword, ...]:
    """The subjects as given, each once in each language; `a; b; c` in one element stays one."""
    found: dict[Keyword, None] = {}
    for value in fields.all("subject"):
        content = words(value.text)
        if any(map(str.isalpha, content)):
            found.setdefault(Keyword(content, value.lang))
    for number, keyword in enumerate(found):
        if not keyword.text.isascii():
            notes.add(text_findings(f"keywords[{number}]", keyword.text))
            check_script(keyword.text, keyword.lang, f"keywords[{number}]", notes)
    return tuple(found)


def words(raw: str) -> str:
    """A value in one line without markup and control characters."""
    if "<" not in raw and "&" not in raw and raw.isprintable():
        return fold(raw)
    return plain(without_controls(inline_from_html(raw)))


def _distinct(values: list[Value]) -> list[Value]:
    """Equal texts once: OJS repeats a text under every language that has none of its own."""
    if len(values) < 2:
        return values
    first: dict[str, Value] = {}
    for value in values:
        first.setdefault(fold(value.text), value)
    return list(first.values())


def _has_words(characters: str, path: str, notes: Notes) -> bool:
    """A value without any letter is absent, and that is said unless it is a mere dot or dash."""
    if any(map(str.isalpha, characters)):
        return True
    if any(map(str.isdigit, characters)):
        notes.report("text-without-letters", path.partition("[")[0], characters[:_SHOWN])
    return False


def _checked(content: Text, lang: str | None, path: str, notes: Notes) -> Text:
    characters = plain(content)
    notes.add(text_findings(path, characters))
    check_script(characters, lang, path, notes)
    return without_controls(content)
