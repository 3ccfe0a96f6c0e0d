"""The text of a reference."""

from __future__ import annotations

import pytest

from harvester.formats.jats.wording import citation_text, composed_text, is_hidden, visible_text
from harvester.model import Reference
from tests.formats.jats.reading import element, single_reference

PERSON = (
    "<person-group person-group-type='author'>"
    "<name><surname>Berg</surname><given-names>A</given-names></name></person-group>"
)
JOURNAL = (
    f"{PERSON}<year>2001</year><article-title>Reeds</article-title><source>Lakes</source><volume>5</volume>"
    "<issue>2</issue><fpage>7</fpage><lpage>9</lpage>"
)


def test_running_text_stays_whole():
    reference = single_reference(
        "<label>1</label><mixed-citation>Berg A. <italic>Reeds</italic>. 2001; 5 : 7. DOI: 10.5555/a. (In Russ.)"
        "</mixed-citation>"
    )
    assert reference == Reference(
        key="R1", text="Berg A. Reeds. 2001; 5 : 7. DOI: 10.5555/a. (In Russ.)", doi="10.5555/a"
    )


def test_parts_alone_are_joined_with_punctuation():
    assert single_reference(f"<element-citation publication-type='journal'>{JOURNAL}</element-citation>") == Reference(
        key="R1",
        text="Berg A. 2001. Reeds. Lakes 5(2): 7–9",
        type="journal_article",
        author="Berg",
        article_title="Reeds",
        journal_title="Lakes",
        volume="5",
        issue="2",
        first_page="7",
        year="2001",
    )


COMPOSED = [
    ("<collab>Reed Group</collab><etal/><source>Lakes</source>", "Reed Group, et al. Lakes"),
    (
        "<source>Lakes</source><publisher-loc>Oslo</publisher-loc><publisher-name>Reed</publisher-name>",
        "Lakes, Oslo: Reed",
    ),
    (f"{PERSON.replace('author', 'editor')}<source>Lakes</source>", "Berg A (editor). Lakes"),
    ("<source>Lakes?</source><pub-id pub-id-type='pmid'>7</pub-id>", "Lakes? pmid:7"),
    ("<source>Lakes</source><uri xlink:href='https://l.example'>page</uri>", "Lakes. page https://l.example"),
    ("<source>Lakes</source><pub-id pub-id-type='coden'>LKS</pub-id>", "Lakes"),
]


COMPOSED += [
    (  # as OJS 3.6 writes it: pages, issue and volume after the identifiers
        f"{PERSON}<year>2001</year><article-title>Reeds</article-title><source>Lakes</source>"
        "<pub-id pub-id-type='doi'>10.5555/a</pub-id><fpage>12</fpage><lpage>15</lpage><issue>3</issue>"
        "<volume>4</volume>",
        "Berg A. 2001. Reeds. Lakes 4(3): 12–15. doi:10.5555/a",
    ),
    ("<source>Lakes</source><issue>3</issue><volume>4</volume>", "Lakes 4(3)"),
    ("<source>Lakes</source><elocation-id>e7</elocation-id><volume>4</volume><year>2001</year>", "Lakes 4: e7. 2001"),
    (
        "<part-title>Reeds</part-title><source>Lakes</source><fpage>12</fpage><year>2001</year>",
        "Reeds. Lakes, 12. 2001",
    ),
    ("<year>2001</year><volume>4</volume><issue>3</issue><source>Lakes</source>", "2001, 4(3). Lakes"),
]


@pytest.mark.parametrize(("inner", "text"), COMPOSED)
def test_punctuation_between_parts(inner, text):
    assert single_reference(f"<element-citation>{inner}</element-citation>").text == text


AS_READ = [
    ("<string-name>A. Berg</string-name> <etal/>, <source>Lakes</source>", "A. Berg et al., Lakes"),
    ("<string-name>Berg A</string-name>, <etal/>. <source>Lakes</source>", "Berg A, et al. Lakes"),
    ("<string-name>Berg A</string-name> <etal>u. a.</etal>: <source>Lakes</source>", "Berg A u. a.: Lakes"),
    ("<string-name>Berg A</string-name><etal/> et al. <source>Lakes</source>", "Berg A et al. Lakes"),
    ("<name><surname>Berg</surname><given-names>A</given-names></name> (<year>2001</year>)", "Berg A (2001)"),
    ("(<year>2001</year>).<source>Lakes</source> <volume>5</volume>:<fpage>7</fpage>", "(2001). Lakes 5:7"),
    ("(<year>2001</year>).<volume>5</volume>", "(2001).5"),
    ("Lakes (<person-group><surname>Berg</surname></person-group>)", "Lakes (Berg)"),
    ("<surname>Berg</surname><given-names>A</given-names><year>2001</year>.", "Berg A 2001."),
    ("\n <volume>5</volume>(\n <issue>2</issue>): \n<fpage>7</fpage> .", "5(2): 7."),
    ("Lakes <fpage>7</fpage><lpage>9</lpage>.", "Lakes 7–9."),
    ("Title &lt;b&gt;bold&lt;/b&gt; text", "Title bold text"),
    ("<object-id>1a</object-id>Berg, Lakes<pub-id specific-use='suppress-display'>x</pub-id>", "Berg, Lakes"),
]


@pytest.mark.parametrize(("inner", "text"), AS_READ)
def test_visible_text_of_a_citation(inner, text):
    assert single_reference(f"<mixed-citation>{inner}</mixed-citation>").text == text


MORE_COMPOSED = [
    ("<source>Lakes</source><year>2001</year><month>5</month><day>6</day>", "Lakes. 2001 5 6"),
    ("<source>Lakes</source><month>May</month>", "Lakes. May"),
    ("<source>Lakes</source><fpage>7</fpage>", "Lakes, 7"),
    ("<fpage>7</fpage><source>Lakes</source><lpage>9</lpage>", "7. Lakes, 9"),
    ("<year>2001</year><volume>5</volume>", "2001, 5"),
    ("<source>Lakes</source><volume>5</volume><elocation-id>e7</elocation-id>", "Lakes 5: e7"),
    ("<volume>5</volume><issue>(2)</issue>", "5(2)"),
    ("<source>Lakes</source><issue>2</issue>", "Lakes (2)"),
    ("<name><surname>Berg</surname><given-names>A</given-names></name><collab>R</collab>", "Berg A, R"),
    ("<source>Lakes</source><publisher-name>Reed</publisher-name>", "Lakes. Reed"),
    ("<source>Lakes</source><isbn>978</isbn><issn>2049-3630</issn>", "Lakes. ISBN 978"),
    ("<source>Lakes</source><pub-id>7</pub-id>", "Lakes. 7"),
    (
        "<source>Lakes</source><pub-id pub-id-type='doi'>https://doi.org/10.1/a</pub-id>",
        "Lakes. https://doi.org/10.1/a",
    ),
    ("<source/>", ""),
]


@pytest.mark.parametrize(("inner", "text"), MORE_COMPOSED)
def test_the_punctuation_between_parts(inner, text):
    assert composed_text(element(inner, "element-citation")) == text


@pytest.mark.parametrize(
    ("inner", "text"),
    [("Berg", "Berg"), ("<source>A</source><year>1</year>", "A. 1"), ("<source>A</source> (<year>1</year>)", "A (1)")],
)
def test_tagged_parts_are_joined_and_running_text_is_kept(inner, text):
    assert citation_text(element(inner, "mixed-citation")) == text


def test_a_citation_without_words_has_no_text():
    assert citation_text(element("<label>1</label>", "mixed-citation")) is None
    assert citation_text(element(" ", "mixed-citation")) is None


@pytest.mark.parametrize(
    ("inner", "hidden"),
    [
        ("<label>1</label>", True),
        ("<issn>2049-3630</issn>", True),
        ("ISSN: <issn>2049-3630</issn>", False),
        ("<x>7</x> : <issn>2049-3630</issn>", True),
        ("<object-id>1</object-id>", True),
        ("<object-id pub-id-type='doi'>1</object-id>", False),
        ("<pub-id pub-id-type='CODEN'>1</pub-id>", True),
        ("<pub-id pub-id-type='doi'>1</pub-id>", False),
        ("<source>1</source>", False),
    ],
)
def test_hidden_elements(inner, hidden):
    part = element(inner, "mixed-citation")[-1]
    assert is_hidden(part, part.tag) == hidden


def test_deep_nesting_is_read():
    deep = "<bold>" * 100 + "x" + "</bold>" * 100
    assert visible_text(element(deep, "p")) == "x"
