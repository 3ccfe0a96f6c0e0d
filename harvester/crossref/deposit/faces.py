"""Text with faces (italic, bold, …) as Crossref's face markup and as JATS, with formulas in MathML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from harvester import xmltools
from harvester.crossref.deposit.xml import escape
from harvester.model import Block, ListBlock, Paragraph, Section
from harvester.text import Math, Style, Text, math_text

# Crossref has no strike-through: the face is left out, its text stays.
_CROSSREF: Mapping[Style, str] = {
    "italic": "i",
    "bold": "b",
    "sub": "sub",
    "sup": "sup",
    "sc": "scp",
    "underline": "u",
    "overline": "ovl",
    "mono": "tt",
}
_JATS: Mapping[Style, str] = {
    "italic": "jats:italic",
    "bold": "jats:bold",
    "sub": "jats:sub",
    "sup": "jats:sup",
    "sc": "jats:sc",
    "underline": "jats:underline",
    "overline": "jats:overline",
    "mono": "jats:monospace",
    "strike": "jats:strike",
}


def crossref(content: Text) -> str:
    """The content of a title or citation: `i b sub sup scp u ovl tt` and `mml:math`."""
    return _marked(content, _CROSSREF, None)


def jats(content: Text) -> str:
    """The content of a paragraph of an abstract, in elements with the prefix `jats:`."""
    return _marked(content, _JATS, "jats:inline-formula")


def _marked(content: Text, names: Mapping[Style, str], formula: str | None) -> str:
    out: list[str] = []
    for part in content:
        if isinstance(part, str):
            out.append(escape(part))
        elif isinstance(part, Math):
            math = mathml(part.mathml)
            out.append(f"<{formula}>{math}</{formula}>" if formula else math)
        else:
            inner, name = _marked(part.inline, names, formula), names.get(part.style)
            out.append(f"<{name}>{inner}</{name}>" if name else inner)
    return "".join(out)


# ------------------------------------------------------------------------------------------------ blocks


def blocks(content: tuple[Block, ...]) -> list[str]:
    """The children of a `jats:abstract`: paragraphs, then titled sections. Blocks in another order are flattened."""
    return _nested(content) if _in_order(content) else _flat(content)


def _in_order(content: tuple[Block, ...]) -> bool:
    in_sections = False
    for block in content:
        if isinstance(block, Section):
            if not block.title or not _in_order(block.blocks):
                return False
            in_sections = True
        elif in_sections:
            return False
    return True


def _nested(content: tuple[Block, ...]) -> list[str]:
    out: list[str] = []
    for block in content:
        if isinstance(block, Section):
            inner = "\n".join([f"<jats:title>{jats(block.title)}</jats:title>", *_nested(block.blocks)])
            out.append(f"<jats:sec>{inner}</jats:sec>")
        else:
            out.extend(_paragraph(block))
    return out


def _flat(content: tuple[Block, ...]) -> list[str]:
    """The same text in the same order, the titles of sections as paragraphs."""
    out: list[str] = []
    for block in content:
        if isinstance(block, Section):
            out += [*_paragraph(Paragraph(block.title)), *_flat(block.blocks)]
        else:
            out += _paragraph(block)
    return out


def _paragraph(block: Paragraph | ListBlock) -> list[str]:
    """One `jats:p`, or none for a block without text. A list gets a paragraph of its own."""
    if isinstance(block, Paragraph):
        return [f"<jats:p>{jats(block.text)}</jats:p>"] if block.text else []
    items = "".join(f"<jats:list-item><jats:p>{jats(item)}</jats:p></jats:list-item>" for item in block.items if item)
    kind = "order" if block.ordered else "bullet"
    return [f'<jats:p><jats:list list-type="{kind}">{items}</jats:list></jats:p>'] if items else []


# ---------------------------------------------------------------------------------------------- formulas


@lru_cache(maxsize=256)
def mathml(source: str) -> str:
    """A formula with the prefix `mml:` on all elements, as Crossref requires; only its text if it is not XML."""
    try:
        root = xmltools.parse(source.encode("utf-8", "replace"))
    except (etree.XMLSyntaxError, xmltools.UnsafeXml):
        return escape(math_text(source))
    if root.tag != f"{{{xmltools.MATHML}}}math":
        return escape(math_text(source))
    holder = etree.Element("holder", nsmap={"mml": xmltools.MATHML})
    _copy(root, holder)
    return etree.tostring(holder[0], encoding="unicode").replace(f' xmlns:mml="{xmltools.MATHML}"', "", 1)


def _copy(source: etree._Element, parent: etree._Element) -> None:
    """A copy gets the prefix that its parent declares; a moved element would keep its own."""
    copy = etree.SubElement(parent, source.tag)
    copy.attrib.update(source.attrib)
    copy.text = source.text
    for child in source:
        _copy(child, copy)
    copy.tail = source.tail if parent.tag != "holder" else None
