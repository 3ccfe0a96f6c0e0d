"""Converts the elements of an abstract to blocks: paragraphs, lists, and sections of a structured abstract."""

from __future__ import annotations

from functools import partial

from harvester.formats.blocks import map_texts
from harvester.formats.html import blocks_from_html, has_html
from harvester.formats.jats.formulas import FORMULAS
from harvester.formats.jats.inline import element_parts, is_empty
from harvester.formats.jats.texts import check_text, content_of
from harvester.formats.jats.tree import Element, attribute, child, children, descendants, is_inside, vocabulary
from harvester.formats.notes import Notes
from harvester.model import Block, ListBlock, Paragraph, Section
from harvester.text import Inline, Text, plain, text
from harvester.xmltools import local

_CONTAINERS = vocabulary("p disp-quote boxed-text statement verse-group speech disp-formula-group")
_PICTURES = frozenset({"inline-graphic", "graphic", "private-char"})
_UNSUPPORTED = vocabulary("fig fig-group table-wrap table-wrap-group media supplementary-material")
_UNORDERED = frozenset({"", "bullet", "simple", "none"})
_MAX_DEPTH = 20

# The word "abstract" in the languages of journals. A heading that says only this is not part of the abstract.
_GENERIC_HEADINGS = frozenset(
    heading.strip()
    for line in (
        "abstract; abstracts; summary; structured abstract; author abstract; resumen; resumo; résumé; resume; resum",
        "riassunto; sommario; zusammenfassung; kurzfassung; samenvatting; sammanfattning; sammendrag; resumé",
        "abstrakt",
        "tiivistelmä; útdráttur; аннотация; реферат; резюме; анотація; анотация; абстракт; апстракт; сажетак; özet; öz",
        "souhrn; streszczenie; sažetak; povzetek; rezumat; összefoglalás; összefoglaló; absztrakt; kivonat; kokkuvõte",
        "santrauka; kopsavilkums; περίληψη; الملخص; ملخص; خلاصة; چکیده; תקציר",
        "摘要; 要旨; 抄録; 要約; 内容提要; 초록; 요약",
        "abstrak; intisari; tóm tắt; บทคัดย่อ; सारांश; laburpena; түйіндеме; аңдатпа; annotatsiya; xülasə",
    )
    for heading in line.split(";")
)


def blocks(abstract: Element, lang: str | None, path: str, notes: Notes) -> tuple[Block, ...]:
    """The blocks of an abstract, without a heading that only says "Abstract". Unsupported content is reported."""
    _report_unsupported(abstract, path, notes)
    check = partial(check_text, lang=lang, path=path, notes=notes)
    content = tuple(map_texts(block, check) for block in _blocks(abstract, 0))
    heading = child(abstract, "title", "label")
    title = content_of(heading) if heading is not None else ()
    if content and title and not is_generic(title):
        return (Section(title=title, blocks=content),)
    return content


def is_generic(title: Text) -> bool:
    """Whether a heading only says "Abstract", in any language."""
    return plain(title).casefold().strip(" .:;-–—") in _GENERIC_HEADINGS


def _blocks(container: Element, depth: int) -> tuple[Block, ...]:
    content: list[Block] = []
    run: list[Inline] = [container.text] if container.text else []
    for inner in container:
        name = local(inner)
        if _is_block(name, container) and depth < _MAX_DEPTH:
            content += _paragraph(run)
            run = []
            content += _block(inner, name, depth + 1)
        elif name not in ("title", "label"):
            run += element_parts(inner)
        if inner.tail:
            run.append(inner.tail)
    return (*content, *_paragraph(run))


def _is_block(name: str, container: Element) -> bool:
    """Whether an element is a block of its own. A displayed formula within a paragraph is not."""
    if name == "disp-formula":
        return local(container) != "p"
    return name in _CONTAINERS or name in ("sec", "list", "def-list")


def _block(element: Element, name: str, depth: int) -> tuple[Block, ...]:
    if name == "sec":
        return _section(element, depth)
    if name == "list":
        items = tuple(item for inner in children(element, "list-item") if (item := content_of(inner)))
        return (ListBlock(items=items, ordered=attribute(element, "list-type") not in _UNORDERED),) if items else ()
    if name == "def-list":
        items = tuple(item for inner in children(element, "def-item") if (item := content_of(inner)))
        return (ListBlock(items=items),) if items else ()
    if name == "disp-formula":
        return _paragraph(element_parts(element))
    return _blocks(element, depth)


def _section(element: Element, depth: int) -> tuple[Block, ...]:
    content = _blocks(element, depth)
    heading = child(element, "title")
    title = content_of(heading) if heading is not None else ()
    return (Section(title=title, blocks=content),) if title else content


def _paragraph(run: list[Inline]) -> tuple[Block, ...]:
    """The run of text as one paragraph, or as the blocks of its escaped HTML."""
    content = text(run) if run else ()
    if not content or is_empty(content):
        return ()
    if len(content) == 1 and isinstance(characters := content[0], str) and has_html(characters):
        return blocks_from_html(characters)
    return (Paragraph(content),)


# --------------------------------------------------------------------------------- unsupported content


def _report_unsupported(abstract: Element, path: str, notes: Notes) -> None:
    if len(abstract):
        for lost in descendants(abstract, *_UNSUPPORTED):
            notes.report("abstract-part-dropped", path, local(lost))
        report_pictures(abstract, path, notes)


def report_pictures(element: Element, path: str, notes: Notes) -> None:
    """Reports each formula or character that exists only as a picture."""
    if not len(element):
        return
    for picture in descendants(element, *_PICTURES):
        if not is_inside(picture, _UNSUPPORTED, element) and not _has_text_alternative(picture, element):
            notes.report("text-is-picture", path, local(picture))


def _has_text_alternative(picture: Element, top: Element) -> bool:
    """Whether the formula around a picture also has text or MathML."""
    for ancestor in picture.iterancestors():
        if ancestor is top:
            return False
        if local(ancestor) in FORMULAS:
            return not is_empty(text(element_parts(ancestor)))
    return False
