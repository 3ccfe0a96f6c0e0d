"""The texts inside an abstract, in their order."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.model import Block, ListBlock, Paragraph
from harvester.text import Text


def texts_of(block: Block) -> Iterator[Text]:
    """The texts of a paragraph, of a list's items, of a section and what is in it."""
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, ListBlock):
        yield from block.items
    else:
        yield block.title
        for each in block.blocks:
            yield from texts_of(each)
