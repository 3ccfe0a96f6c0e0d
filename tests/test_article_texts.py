from harvester.article_texts import texts_of
from harvester.model import ListBlock, Paragraph, Section


def test_the_texts_of_an_abstract_come_in_their_order():
    inner = Section(title=("Aim",), blocks=(Paragraph(("We ask.",)), ListBlock(items=(("one",), ("two",)))))
    outer = Section(title=("Summary",), blocks=(inner, Paragraph(("Done.",))))
    assert list(texts_of(outer)) == [("Summary",), ("Aim",), ("We ask.",), ("one",), ("two",), ("Done.",)]


def test_a_section_without_a_title_has_an_empty_text():
    assert list(texts_of(Section(blocks=(Paragraph(("A",)),)))) == [(), ("A",)]
