from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.crossref.deposit import faces
from harvester.model import Block, ListBlock, Paragraph, Section
from harvester.text import Math, Span, Text, plain, text
from harvester.xmltools import MATHML
from tests.crossref.deposit.deposits import NAMESPACES

X2 = f'<math xmlns="{MATHML}"><msup><mi>x</mi><mn>2</mn></msup><mo>&lt;</mo></math>'

characters = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
styles = st.sampled_from(["italic", "bold", "sub", "sup", "sc", "underline", "overline", "mono", "strike"])
inlines = st.recursive(
    characters | st.just(Math(X2)), lambda inner: st.builds(Span, styles, st.lists(inner, max_size=3).map(tuple))
)
texts = st.lists(inlines, max_size=4).map(text)


def read_back(markup: str) -> str:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return "".join(map(str, etree.fromstring(f"<x {declared}>{markup}</x>").itertext()))


@given(texts)
def test_the_text_read_back_is_the_text(content: Text) -> None:
    assert read_back(faces.crossref(content)) == plain(content)
    assert read_back(faces.jats(content)) == plain(content)


def test_every_face_has_its_element() -> None:
    content = tuple(Span(style, ("x",)) for style in ("italic", "bold", "sub", "sup", "sc", "underline", "mono"))
    assert faces.crossref(content) == "<i>x</i><b>x</b><sub>x</sub><sup>x</sup><scp>x</scp><u>x</u><tt>x</tt>"


def test_crossref_has_no_strike_through_and_jats_has() -> None:
    content = (Span("strike", ("a", Span("italic", ("b",)))),)
    assert faces.crossref(content) == "a<i>b</i>"
    assert faces.jats(content) == "<jats:strike>a<jats:italic>b</jats:italic></jats:strike>"


def test_escaping_is_done_once() -> None:
    assert faces.crossref(("a < b &amp; c",)) == "a &lt; b &amp;amp; c"


class TestMathml:
    wanted = "<mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup><mml:mo>&lt;</mml:mo></mml:math>"

    def test_takes_the_prefix_of_crossref(self) -> None:
        assert faces.mathml(X2) == self.wanted
        assert faces.jats((Math(X2),)) == f"<jats:inline-formula>{self.wanted}</jats:inline-formula>"

    def test_whatever_prefix_it_had(self) -> None:
        own = f'<m:math xmlns:m="{MATHML}"><m:msup><m:mi>x</m:mi><m:mn>2</m:mn></m:msup><m:mo>&lt;</m:mo></m:math>'
        assert faces.mathml(own) == self.wanted

    def test_keeps_attributes_and_elements_of_others(self) -> None:
        svg = f'<math xmlns="{MATHML}" display="block"><mi>x</mi><svg xmlns="urn:svg" a="1"><g/></svg>tail</math>'
        root = etree.fromstring(faces.mathml(svg).replace("<mml:math", f'<mml:math xmlns:mml="{MATHML}"', 1))
        assert root.get("display") == "block"
        assert [child.tag for child in root.iter()][2:] == ["{urn:svg}svg", "{urn:svg}g"]
        assert "".join(map(str, root.itertext())) == "xtail"

    @pytest.mark.parametrize("broken", ["<math", "x & y", "<p>x</p>", f'<mi xmlns="{MATHML}">x</mi>', "", "a\ud800"])
    def test_what_is_no_formula_is_its_text(self, broken: str) -> None:
        assert "<" not in faces.mathml(broken).replace("&lt;", "")


class TestBlocks:
    first, last = Paragraph(("first",)), Paragraph(("last",))

    def test_sections_are_sections_with_their_titles(self) -> None:
        section = Section(title=("Aim",), blocks=(self.last,))
        assert faces.blocks((self.first, section)) == [
            "<jats:p>first</jats:p>",
            "<jats:sec><jats:title>Aim</jats:title>\n<jats:p>last</jats:p></jats:sec>",
        ]

    @pytest.mark.parametrize(
        "content",
        [
            (Section(title=("Aim",), blocks=(first,)), last),
            (Section(blocks=(Paragraph(("Aim",)), first)), last),
            (Section(title=("Aim",), blocks=(Section(blocks=(first,)), last)),),
        ],
    )
    def test_what_jats_cannot_nest_goes_flat_in_its_order(self, content: tuple[Block, ...]) -> None:
        wanted = [f"<jats:p>{words}</jats:p>" for words in ("Aim", "first", "last")]
        assert faces.blocks(content) == wanted

    def test_lists_stand_in_a_paragraph(self) -> None:
        item = "<jats:list-item><jats:p>a</jats:p></jats:list-item>"
        assert faces.blocks((ListBlock(items=(("a",), ())), ListBlock(items=(("a",),), ordered=True))) == [
            f'<jats:p><jats:list list-type="bullet">{item}</jats:list></jats:p>',
            f'<jats:p><jats:list list-type="order">{item}</jats:list></jats:p>',
        ]

    def test_nothing_is_nothing(self) -> None:
        assert faces.blocks((Paragraph(()), ListBlock(items=()), Section())) == []
