"""The texts in the blocks of an abstract: as plain text, and changed by a function."""

from harvester.formats.blocks import map_texts, plain_blocks
from harvester.model import ListBlock, Paragraph, Section
from harvester.text import Span

LIST = ListBlock(items=(("one",), (Span("bold", ("two",)),)), ordered=True)
SECTION = Section(title=("Aim",), blocks=(Paragraph(("We ask.",)), LIST))


def test_each_paragraph_item_and_heading_is_one_line():
    assert plain_blocks((Paragraph(("Before.",)), SECTION)) == "Before.\nAim\nWe ask.\none\ntwo"
    assert plain_blocks(()) == ""


def test_every_text_is_changed_and_nothing_else():
    seen = []

    def shout(text):
        seen.append(text)
        return (f"{text[0]}!",) if isinstance(text[0], str) else text

    changed = map_texts(SECTION, shout)
    assert seen == [("Aim",), ("We ask.",), *LIST.items]
    assert changed == Section(
        title=("Aim!",),
        blocks=(Paragraph(("We ask.!",)), ListBlock(items=(("one!",), LIST.items[1]), ordered=True)),
    )
    assert map_texts(SECTION, lambda text: text) == SECTION
