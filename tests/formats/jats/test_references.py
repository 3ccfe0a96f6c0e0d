"""References: whole text, tagged parts, unique keys, pasted lists."""

from __future__ import annotations

import pytest

from harvester.model import Reference
from tests.formats.jats.reading import article_of, codes, read_meta


def reading(inner: str):
    return read_meta("", rest=f"<back><ref-list>{inner}</ref-list></back>")


def references(inner: str) -> tuple[Reference, ...]:
    return article_of(reading(inner)).references


def single_reference(inner: str) -> Reference:
    (reference,) = references(f"<ref id='R1'>{inner}</ref>")
    return reference


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


PARTS = (
    *("type", "author", "article_title", "journal_title", "volume_title", "series_title", "volume", "issue"),
    *("first_page", "year", "edition", "isbn", "issn"),
)
FIELDS = [
    (
        "book",
        "<source>Lakes</source><chapter-title>Reeds</chapter-title>",
        {"type": "book_chapter", "volume_title": "Lakes", "article_title": "Reeds"},
    ),
    (
        "book",
        "<source>Lakes</source><edition>2nd ed.</edition>",
        {"type": "book", "volume_title": "Lakes", "edition": "2"},
    ),
    ("thesis", "<source>Lakes</source>", {"type": "dissertation", "volume_title": "Lakes"}),
    ("webpage", "<source>Lakes</source>", {"type": "web_resource"}),
    ("other", "<source>Lakes</source>", {}),
    (
        "",
        "<article-title>R</article-title><source>L</source><volume>1</volume>",
        {"article_title": "R", "journal_title": "L", "volume": "1"},
    ),
    ("journal", "<page-range>7-9</page-range>", {"type": "journal_article", "first_page": "7"}),
    ("book", "<isbn>978-0-306-40615-7</isbn>", {"type": "book", "isbn": "978-0-306-40615-7"}),
    ("book", "<isbn>978-0-306-40615-8</isbn>", {"type": "book"}),
    ("book", "<isbn>0-306-40615-2</isbn>", {"type": "book", "isbn": "0-306-40615-2"}),
    ("journal", "<year>in press</year><issn>2049-3630</issn>", {"type": "journal_article", "issn": "2049-3630"}),
    (
        "journal",
        "<year>2001a</year><series>Waters</series>",
        {"type": "journal_article", "year": "2001a", "series_title": "Waters"},
    ),
]


@pytest.mark.parametrize(("kind", "inner", "expected"), FIELDS)
def test_fields_from_tagged_parts(kind, inner, expected):
    reference = single_reference(f"<element-citation publication-type='{kind}'>{inner}x<x>x</x></element-citation>")
    assert {field: value for field in PARTS if (value := getattr(reference, field))} == expected


DOIS = [
    ("<pub-id pub-id-type='doi'>https://doi.org/10.5555/a</pub-id>, 10.5555/b", "10.5555/a", []),
    ("<ext-link xlink:href='http://dx.doi.org/10.5555/a'>link</ext-link>", "10.5555/a", []),
    ("see 10.5555/a and 10.5555/A.", "10.5555/a", []),
    ("10.24866/1998-6785/2019-1/7-16. (In Russ.)", "10.24866/1998-6785/2019-1/7-16", []),
    ("10.5555/a; 10.5555/b", None, ["reference-doi-ambiguous"]),
    ("<pub-id pub-id-type='doi'>none</pub-id> x", None, ["reference-doi-invalid"]),
]


@pytest.mark.parametrize(("inner", "doi", "expected_codes"), DOIS)
def test_only_an_unambiguous_doi_is_used(inner, doi, expected_codes):
    result = reading(f"<ref id='R1'><mixed-citation>{inner}</mixed-citation></ref>")
    assert (article_of(result).references[0].doi, codes(result)) == (doi, expected_codes)


def test_running_text_and_parts_of_one_work_are_one_reference():
    parts = f"<element-citation publication-type='journal'>{JOURNAL}</element-citation>"
    for inner in (
        f"<label>3</label><mixed-citation>3. Berg A. Reeds.</mixed-citation>{parts}",
        f"<citation-alternatives>{parts}<mixed-citation>Berg A. Reeds.</mixed-citation></citation-alternatives>",
    ):
        reference = single_reference(inner)
        assert (reference.text, reference.author, reference.volume) == ("Berg A. Reeds.", "Berg", "5")


@pytest.mark.parametrize("written", ["2. ", "[2] ", "(2) ", "2) ", ""])
def test_a_number_that_is_also_in_the_label_is_removed_from_the_text(written):
    assert (
        single_reference(f"<label>[2]</label><mixed-citation>{written}Berg, Lakes</mixed-citation>").text
        == "Berg, Lakes"
    )
    assert single_reference(f"<label>[2]</label><mixed-citation>{written}20 Lakes</mixed-citation>").text == "20 Lakes"


def test_several_works_in_one_ref_have_their_own_keys():
    result = references(
        "<ref id='R1'><mixed-citation>A</mixed-citation><mixed-citation>B</mixed-citation><note><p>C</p></note></ref>"
    )
    assert [(reference.key, reference.text) for reference in result] == [("R1a", "A"), ("R1b", "B C")]


def test_keys_are_unique_even_if_identifiers_are_not():
    result = references("<ref id='x'><p>A</p></ref><ref id='x'><p>B</p></ref><ref><p>C</p></ref>")
    assert [reference.key for reference in result] == ["x", "x-2", "ref3"]


def test_an_empty_reference_is_reported():
    assert codes(reading("<ref id='a'><label>1</label></ref>")) == ["reference-empty"]


LISTS = [
    ("1. Berg A. Reeds.\n2. Dahl B. Lakes.\n3. Eide C.", ["Berg A. Reeds.", "Dahl B. Lakes.", "Eide C."]),
    ("[1] Berg A. Reeds.<break/>[2] Dahl B. Lakes.", ["Berg A. Reeds.", "Dahl B. Lakes."]),
    (
        "1. Berg A. Reeds in lakes. 2001. 2. Dahl B. Lakes in hills. 2002.",
        ["Berg A. Reeds in lakes. 2001.", "Dahl B. Lakes in hills. 2002."],
    ),
    ("1. Berg A. Reeds. 2. ed. Oslo 2001.", ["1. Berg A. Reeds. 2. ed. Oslo 2001."]),
    ("7. Berg A.\n8. Dahl B.", ["7. Berg A. 8. Dahl B."]),
    ("1. Berg A.\n3. Dahl B.", ["1. Berg A. 3. Dahl B."]),
]


@pytest.mark.parametrize(("inner", "texts"), LISTS)
def test_pasted_lists_are_split_only_if_numbered_from_one(inner, texts):
    assert [
        reference.text for reference in references(f"<ref id='R1'><mixed-citation>{inner}</mixed-citation></ref>")
    ] == texts
    assert [reference.text for reference in references(f"<p>{inner}</p>")] == texts


def test_hundreds_of_references_have_unique_keys():
    result = references(
        "".join(f"<ref id='R{n}'><mixed-citation>Work {n}</mixed-citation></ref>" for n in range(1, 301))
    )
    assert len({reference.key for reference in result}) == 300


def test_references_of_a_sub_article_are_ignored():
    sub = "<sub-article><back><ref-list><ref><p>Other</p></ref></ref-list></back></sub-article>"
    assert article_of(read_meta("", rest=sub)).references == ()
