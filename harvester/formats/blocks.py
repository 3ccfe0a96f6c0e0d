"""The texts inside the blocks of an abstract."""

from __future__ import annotations

from collections.abc import Callable

from harvester.model import Block, ListBlock, Paragraph, Section
from harvester.text import Text, plain


def plain_blocks(blocks: tuple[Block, ...]) -> str:
    """The plain text of the blocks: one line for each paragraph, item and heading."""
    return "\n".join(map(_plain_block, blocks))


def map_texts(block: Block, change: Callable[[Text], Text]) -> Block:
    """The block with `change` applied to every text in it."""
    if isinstance(block, Paragraph):
        return Paragraph(change(block.text))
    if isinstance(block, ListBlock):
        return ListBlock(items=tuple(map(change, block.items)), ordered=block.ordered)
    return Section(title=change(block.title), blocks=tuple(map_texts(inner, change) for inner in block.blocks))


def _plain_block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return plain(block.text)
    if isinstance(block, ListBlock):
        return "\n".join(map(plain, block.items))
    return "\n".join((plain(block.title), plain_blocks(block.blocks)))
