"""Titles, abstracts and subjects, each in its languages (D7, D8)."""

from __future__ import annotations

from harvester.formats.blocks import each_text, plain_blocks
from harvester.formats.damage import text_findings, without_controls
from harvester.formats.html import blocks_from_html, inline_from_html
from harvester.formats.jats.notes import Notes
from harvester.formats.oai_dc.fields import Fields, Value, check_script, language_first
from harvester.model import Abstract, Block, Keyword, Title
from harvester.text import Text, fold, plain

_SHOWN = 120  # characters of a text in a finding


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


def abstracts(fields: Fields, language: str | None, notes: Notes) -> tuple[Abstract, ...]:
    """The first description of each language; repositories put all kinds of notes behind it."""
    found: dict[tuple[Block, ...], Abstract] = {}
    taken: set[str | None] = set()
    for value in language_first(_distinct(fields.all("description")), language):
        blocks = blocks_from_html(value.text)
        characters = plain_blocks(blocks)
        path = f"abstracts[{len(found)}]"
        if blocks in found or not _has_words(characters, path, notes):
            continue
        if value.lang in taken:
            notes.doubt("description-unused", "abstracts", characters[:_SHOWN])
            continue
        taken.add(value.lang)
        notes.add(text_findings(path, characters))
        check_script(characters, value.lang, path, notes)
        found[blocks] = Abstract(blocks=tuple(each_text(block, without_controls) for block in blocks), lang=value.lang)
    return tuple(found.values())


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
    first: dict[str, Value] = {}
    for value in values:
        first.setdefault(fold(value.text), value)
    return list(first.values())


def _has_words(characters: str, path: str, notes: Notes) -> bool:
    """A value without any letter is absent, and that is said unless it is a mere dot or dash."""
    if any(map(str.isalpha, characters)):
        return True
    if any(map(str.isdigit, characters)):
        notes.doubt("text-without-letters", path.partition("[")[0], characters[:_SHOWN])
    return False


def _checked(content: Text, lang: str | None, path: str, notes: Notes) -> Text:
    characters = plain(content)
    notes.add(text_findings(path, characters))
    check_script(characters, lang, path, notes)
    return without_controls(content)
