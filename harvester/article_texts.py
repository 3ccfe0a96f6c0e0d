"""The texts of an abstract, in order."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.model import Block, ListBlock, Paragraph
from harvester.text import Text


def texts_of(block: Block) -> Iterator[Text]:
    """The texts of a paragraph, of the items of a list, or of a section with its blocks."""
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, ListBlock):
        yield from block.items
    else:
        yield block.title
        for inner in block.blocks:
            yield from texts_of(inner)
