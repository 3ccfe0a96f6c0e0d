"""Titles, abstracts and keywords: formatting, formulas, languages, entities."""

from __future__ import annotations

import pytest
from lxml import etree

from harvester.formats.jats.inline import formatted_text, plain_text
from harvester.model import Hints, ListBlock, Paragraph, Section
from harvester.text import Math, Span, plain
from tests.formats.jats.reading import NAMESPACES, article_of, codes, meta, read_element, read_meta


def element(inner: str, tag: str = "article-title") -> etree._Element:
    return etree.fromstring(f"<{tag} {NAMESPACES}>{inner}</{tag}>")


INLINE = [
    ("A <italic>B</italic> c", ("A ", Span("italic", ("B",)), " c")),
    ("<bold><sub>2</sub></bold>", (Span("bold", (Span("sub", ("2",)),)),)),
    ("<monospace>x</monospace><strike>y</strike>", (Span("mono", ("x",)), Span("strike", ("y",)))),
    ('<styled-content style="font-style: italic">x</styled-content>', (Span("italic", ("x",)),)),
    ("one<break/>two", ("one two",)),
    ("<named-content>kept</named-content> <ext-link>too</ext-link>", ("kept too",)),
    ("T<xref ref-type='fn' rid='a'>*</xref>", ("T",)),
    ("T<xref ref-type='bibr' rid='a'>12</xref>", ("T",)),
    ("On <xref ref-type='bibr' rid='a'>Smith's letter</xref>", ("On Smith's letter",)),
    ("T<sup><xref ref-type='fn' rid='a'>1</xref>,<xref ref-type='fn' rid='b'>2</xref></sup>", ("T",)),
    ("T<target id='t'/><fn><p>note</p></fn>", ("T",)),
    ("x<inline-formula><tex-math>$a_1$</tex-math></inline-formula>", ("x$a_1$",)),
    ("x<inline-formula><italic>a</italic></inline-formula>", ("x", Span("italic", ("a",)))),
    ("<alternatives><graphic/><textual-form>x</textual-form></alternatives>", ("x",)),
    ("<mml:math/>", ()),
]


@pytest.mark.parametrize(("inner", "expected"), INLINE)
def test_formatted_text(inner, expected):
    assert formatted_text(element(inner)) == expected


def test_a_cross_reference_in_a_paragraph_is_kept():
    assert formatted_text(element("see <xref ref-type='bibr'>12</xref>", "p")) == ("see 12",)


def test_mathml_is_self_contained():
    inner = (
        '<inline-formula><alternatives><tex-math>x</tex-math><mml:math id="m" overflow="scroll"><mml:mrow>\n'
        "<mml:mi>a</mml:mi> <mml:mo>&lt;</mml:mo></mml:mrow></mml:math></alternatives></inline-formula>"
    )
    assert formatted_text(element(inner)) == (
        Math(
            '<math xmlns="http://www.w3.org/1998/Math/MathML" overflow="scroll">'
            "<mrow><mi>a</mi><mo>&lt;</mo></mrow></math>"
        ),
    )


def test_mathml_without_its_own_namespace():
    title = etree.fromstring('<article-title xmlns="http://x/"><math><mi>a</mi></math></article-title>')
    assert formatted_text(title) == (Math('<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>a</mi></math>'),)


def test_deep_nesting_raises_no_recursion_error():
    deep = "<bold>" * 200 + "x" + "</bold>" * 200
    assert plain_text(element(deep)) == "x"
    nested = "<sec>" * 200 + "<p>x</p>" + "</sec>" * 200
    assert meta(f"<abstract>{nested}</abstract>").abstracts


# ------------------------------------------------------------------------------------------- entities


def with_entity(name: str):
    article = etree.fromstring(
        "<article><front><article-meta><title-group><article-title>Ne</article-title></title-group>"
        "</article-meta></front></article>"
    )
    (title,) = article.iter("article-title")
    entity = etree.Entity(name)
    entity.tail = "lu"
    title.append(entity)
    return read_element(article)


def test_entities_of_a_dtd_are_resolved_by_name():
    reading = with_entity("scaron")
    assert article_of(reading).titles[0].text == ("Nešlu",)
    assert codes(reading) == []


def test_an_unknown_entity_is_reported():
    reading = with_entity("fdg")
    assert article_of(reading).titles[0].text == ("Ne&fdg;lu",)
    assert [(finding.code, finding.value) for finding in reading.findings] == [("unresolved-entity", "fdg")]


# ---------------------------------------------------------------------------------------------- titles


def titles(inner: str, **options) -> list[tuple[str, str, str | None]]:
    article = meta(f"<title-group>{inner}</title-group>", **options)
    return [(plain(title.text), plain(title.subtitle), title.lang) for title in article.titles]


TITLES = [
    ("<article-title>A</article-title><subtitle>B</subtitle>", [("A", "B", "en")]),
    ("<article-title>A</article-title><subtitle>B</subtitle><subtitle>C</subtitle>", [("A", "B: C", "en")]),
    ("<article-title>.</article-title>", []),
    ("<article-title/>", []),
    (
        '<article-title xml:lang="ru">Река</article-title><trans-title-group xml:lang="en_US">'
        "<trans-title>River</trans-title><trans-subtitle>Long</trans-subtitle></trans-title-group>",
        [("River", "Long", "en"), ("Река", "", "ru")],
    ),
    (
        '<article-title>A</article-title><trans-title xml:lang="ger">B</trans-title><trans-title>C</trans-title>',
        [("A", "", "en"), ("B", "", "de"), ("C", "", None)],
    ),
    (
        '<article-title>A</article-title><trans-title-group xml:lang="fr"><trans-title>A</trans-title>'
        "</trans-title-group>",
        [("A", "", "en")],
    ),
]


@pytest.mark.parametrize(("inner", "expected"), TITLES)
def test_titles_and_subtitles(inner, expected):
    assert titles(inner) == expected


def test_escaped_html_in_a_title_is_resolved_once():
    article = meta(
        "<title-group><article-title>On &lt;i&gt;E. coli&lt;/i&gt; &amp;amp; us</article-title></title-group>"
    )
    assert article.titles[0].text == ("On ", Span("italic", ("E. coli",)), " & us")


def test_a_comparison_is_not_html():
    assert titles("<article-title>p &lt; 0.05 and q &gt; 1</article-title>") == [("p < 0.05 and q > 1", "", "en")]


FINDINGS = [
    ('<article-title xml:lang="other">A</article-title>', ["language-unknown"]),
    ('<article-title xml:lang="en">Река впадает в море</article-title>', ["lang-mismatch"]),
    ("<article-title>The mass $m_\\alpha$</article-title>", ["title-contains-tex"]),
    ("<article-title>An eff ective method</article-title>", ["text-broken-ligature"]),
    ("<article-title>A <inline-graphic/> b</article-title>", ["text-is-picture"]),
]


@pytest.mark.parametrize(("inner", "expected"), FINDINGS)
def test_findings_about_a_title(inner, expected):
    assert codes(read_meta(f"<title-group>{inner}</title-group>")) == expected


def test_control_characters_are_reported_and_dropped():
    reading = read_meta("<title-group><article-title>A\x86B\x85C</article-title></title-group>")
    assert article_of(reading).titles[0].text == ("AB C",)
    assert codes(reading) == ["control-characters"]


# ------------------------------------------------------------------------------------------ translations

SUB = '<sub-article article-type="translation" xml:lang="pt"><front-stub>{}</front-stub></sub-article>'
TITLE = "<title-group><article-title>{}</article-title></title-group>"


def test_a_translation_inside_the_article_adds_metadata():
    rest = SUB.format(TITLE.format("Rio") + "<abstract><p>Água.</p></abstract>")
    article = meta(TITLE.format("River"), rest=rest)
    assert [(plain(title.text), title.lang) for title in article.titles] == [("River", "en"), ("Rio", "pt")]
    assert article.abstracts[0].lang == "pt"


def test_a_translation_with_its_own_doi_is_another_article():
    rest = SUB.format('<article-id pub-id-type="doi">10.5555/a.pt</article-id>' + TITLE.format("Rio"))
    article = meta('<article-id pub-id-type="doi">10.5555/a</article-id>' + TITLE.format("River"), rest=rest)
    assert [(relation.kind, relation.target) for relation in article.relations] == [("hasTranslation", "10.5555/a.pt")]
    assert len(article.titles) == 1


def test_a_second_title_in_one_language_is_reported():
    own = (
        "<title-group><article-title>River</article-title>"
        '<trans-title-group xml:lang="pt"><trans-title>O rio</trans-title></trans-title-group></title-group>'
    )
    reading = read_meta(own, rest=SUB.format(TITLE.format("Rio")))
    assert codes(reading) == ["translation-duplicate"]
    assert len(article_of(reading).titles) == 2


# --------------------------------------------------------------------------------------------- abstracts


def blocks(inner: str, **options):
    abstracts = meta(f"<abstract>{inner}</abstract>", **options).abstracts
    return abstracts[0].blocks if abstracts else ()


ABSTRACTS = [
    ("<p>A</p><p>B</p>", (Paragraph(("A",)), Paragraph(("B",)))),
    ("Bare text.", (Paragraph(("Bare text.",)),)),
    ("<title>Abstract</title><p>A</p>", (Paragraph(("A",)),)),
    ("<title>РЕЗЮМЕ.</title><p>A</p>", (Paragraph(("A",)),)),
    ("<title>In brief</title><p>A</p>", (Section(title=("In brief",), blocks=(Paragraph(("A",)),)),)),
    ("<sec><title>Aim</title><p>A</p></sec>", (Section(title=("Aim",), blocks=(Paragraph(("A",)),)),)),
    ("<sec><p>A</p></sec>", (Paragraph(("A",)),)),
    (
        "<p>A <list list-type='bullet'><list-item><p>x</p></list-item></list> b</p>",
        (Paragraph(("A",)), ListBlock(items=(("x",),)), Paragraph(("b",))),
    ),
    ("<list list-type='order'><list-item><p>x</p></list-item></list>", (ListBlock(items=(("x",),), ordered=True),)),
    ("<p>&lt;p&gt;A&lt;/p&gt;&lt;p&gt;B&lt;/p&gt;</p>", (Paragraph(("A",)), Paragraph(("B",)))),
    ("<disp-formula><tex-math>x</tex-math></disp-formula>", (Paragraph(("x",)),)),
    ("<p>.</p>", ()),
    ("", ()),
]


@pytest.mark.parametrize(("inner", "expected"), ABSTRACTS)
def test_abstract_blocks(inner, expected):
    assert blocks(inner) == expected


def test_other_kinds_of_abstract_need_a_setting():
    inner = '<abstract abstract-type="executive-summary"><p>Digest.</p></abstract>'
    reading = read_meta(inner)
    assert (article_of(reading).abstracts, codes(reading)) == ((), ["abstract-type-skipped"])
    assert meta(inner, hints=Hints(abstract_types=("executive-summary",))).abstracts


def test_trans_abstract_never_inherits_the_article_language():
    article = meta("<abstract><p>A</p></abstract><trans-abstract><p>B</p></trans-abstract>")
    assert [abstract.lang for abstract in article.abstracts] == ["en", None]


def test_unsupported_content_of_an_abstract_is_reported():
    assert codes(read_meta("<abstract><p>A <table-wrap><label>T</label></table-wrap></p></abstract>")) == [
        "abstract-part-dropped"
    ]


# ---------------------------------------------------------------------------------------------- keywords


def test_keywords_have_the_language_of_their_group():
    article = meta(
        "<kwd-group><title>Keywords</title><kwd>a <italic>b</italic></kwd><kwd>.</kwd></kwd-group>"
        '<kwd-group xml:lang="de"><kwd>c</kwd></kwd-group>'
        '<kwd-group kwd-group-type="abbreviations"><kwd>d</kwd></kwd-group>'
        '<kwd-group><compound-kwd><compound-kwd-part content-type="code">31</compound-kwd-part>'
        '<compound-kwd-part content-type="term">e</compound-kwd-part></compound-kwd></kwd-group>'
    )
    assert [(keyword.text, keyword.lang) for keyword in article.keywords] == [("a b", "en"), ("c", "de"), ("e", "en")]
