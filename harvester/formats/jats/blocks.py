"""An abstract's elements to blocks: paragraphs, lists, and the sections of a structured abstract."""

from __future__ import annotations

from functools import partial

from harvester.formats.blocks import map_texts
from harvester.formats.html import blocks_from_html
from harvester.formats.jats.formulas import FORMULAS
from harvester.formats.jats.inline import inline, is_empty, part
from harvester.formats.jats.texts import checked, content_of, is_escaped
from harvester.formats.jats.tree import Element, attribute, child, children, descendants, inside, vocabulary
from harvester.formats.notes import Notes
from harvester.model import Block, ListBlock, Paragraph, Section
from harvester.text import Inline, Text, plain, text
from harvester.xmltools import local

_CONTAINERS = vocabulary("p disp-quote boxed-text statement verse-group speech disp-formula-group")
_PICTURES = frozenset({"inline-graphic", "graphic", "private-char"})
_LOST = vocabulary("fig fig-group table-wrap table-wrap-group media supplementary-material")
_UNORDERED = frozenset({"", "bullet", "simple", "none"})
_DEEPEST = 20

# What an abstract is called in the languages of journals: a heading that says no more is no part of it.
_GENERIC = frozenset(
    each.strip()
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
    for each in line.split(";")
)


def blocks(abstract: Element, lang: str | None, path: str, notes: Notes) -> tuple[Block, ...]:
    """The blocks of an abstract, without a heading that only says what it is; what cannot be carried is reported."""
    _report_lost(abstract, path, notes)
    look = partial(checked, lang=lang, path=path, notes=notes)
    found = tuple(map_texts(block, look) for block in _blocks(abstract, 0))
    heading = child(abstract, "title", "label")
    title = content_of(heading) if heading is not None else ()
    if found and title and not is_generic(title):
        return (Section(title=title, blocks=found),)
    return found


def is_generic(title: Text) -> bool:
    """Whether a heading only says "Abstract", in whatever language."""
    return plain(title).casefold().strip(" .:;-–—") in _GENERIC


def _blocks(container: Element, depth: int) -> tuple[Block, ...]:
    found: list[Block] = []
    run: list[Inline] = [container.text] if container.text else []
    for each in container:
        name = local(each)
        if _stands_alone(name, container) and depth < _DEEPEST:
            found += _paragraph(run)
            run = []
            found += _block(each, name, depth + 1)
        elif name not in ("title", "label"):
            run += part(each)
        if each.tail:
            run.append(each.tail)
    return (*found, *_paragraph(run))


def _stands_alone(name: str, container: Element) -> bool:
    """Whether an element starts a block of its own: a displayed formula within a paragraph does not."""
    if name == "disp-formula":
        return local(container) != "p"
    return name in _CONTAINERS or name in ("sec", "list", "def-list")


def _block(element: Element, name: str, depth: int) -> tuple[Block, ...]:
    if name == "sec":
        return _section(element, depth)
    if name == "list":
        items = tuple(item for each in children(element, "list-item") if (item := inline(each)))
        return (ListBlock(items=items, ordered=attribute(element, "list-type") not in _UNORDERED),) if items else ()
    if name == "def-list":
        items = tuple(item for each in children(element, "def-item") if (item := inline(each)))
        return (ListBlock(items=items),) if items else ()
    if name == "disp-formula":
        return _paragraph(part(element))
    return _blocks(element, depth)


def _section(element: Element, depth: int) -> tuple[Block, ...]:
    found = _blocks(element, depth)
    heading = child(element, "title")
    title = content_of(heading) if heading is not None else ()
    return (Section(title=title, blocks=found),) if title else found


def _paragraph(run: list[Inline]) -> tuple[Block, ...]:
    """A run of text as a paragraph; as several where it holds the tags of HTML as characters."""
    content = text(run) if run else ()
    if not content or is_empty(content):
        return ()
    if len(content) == 1 and isinstance(written := content[0], str) and is_escaped(written):
        return blocks_from_html(written)
    return (Paragraph(content),)


# --------------------------------------------------------------------------------------- what is lost


def _report_lost(abstract: Element, path: str, notes: Notes) -> None:
    if len(abstract):
        for each in descendants(abstract, *_LOST):
            notes.report("abstract-part-dropped", path, local(each))
        report_pictures(abstract, path, notes)


def report_pictures(element: Element, path: str, notes: Notes) -> None:
    """A finding for each formula or character that is only there as a picture."""
    if not len(element):
        return
    for each in descendants(element, *_PICTURES):
        if not inside(each, _LOST, element) and not _has_words_too(each, element):
            notes.report("text-is-picture", path, local(each))


def _has_words_too(picture: Element, top: Element) -> bool:
    """Whether the formula around a picture says in words or MathML what the picture shows."""
    for ancestor in picture.iterancestors():
        if ancestor is top:
            return False
        if local(ancestor) in FORMULAS:
            return not is_empty(text(part(ancestor)))
    return False
