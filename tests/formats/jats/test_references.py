"""The citation list: keys, several works in one entry, pasted lists."""

from __future__ import annotations

import pytest

from tests.formats.jats.reading import article_of, codes, read_meta, read_references, references, single_reference

AUTHOR = (
    "<person-group person-group-type='author'>"
    "<name><surname>Berg</surname><given-names>A</given-names></name></person-group>"
)
JOURNAL = (
    f"{AUTHOR}<year>2001</year><article-title>Reeds</article-title><source>Lakes</source><volume>5</volume>"
    "<issue>2</issue><fpage>7</fpage><lpage>9</lpage>"
)


def test_running_text_and_parts_of_one_work_are_one_reference():
    parts = f"<element-citation publication-type='journal'>{JOURNAL}</element-citation>"
    for inner in (
        f"<label>3</label><mixed-citation>3. Berg A. Reeds.</mixed-citation>{parts}",
        f"<citation-alternatives>{parts}<mixed-citation>Berg A. Reeds.</mixed-citation></citation-alternatives>",
    ):
        reference = single_reference(inner)
        assert (reference.text, reference.author, reference.volume) == ("Berg A. Reeds.", "Berg", "5")


CORRECTIONS = [
    "Corrections: Lakes 2002, 6, 11.",
    "Erratum in: Lakes. 2002;6:11.",
    "Berg A. 2003. Hills and waters. Hills 1, 1–2.",  # the same author
    "Lakes (2002) 6, 11",
]


@pytest.mark.parametrize("line", CORRECTIONS)
@pytest.mark.parametrize("tagged_first", [True, False])
def test_another_work_next_to_the_parts_of_one_is_a_reference_of_its_own(line, tagged_first):
    parts = f"<element-citation publication-type='journal'>{JOURNAL}</element-citation>"
    running = f"<mixed-citation>{line}</mixed-citation>"
    whole = "Berg A. 2001. Reeds. Lakes 5(2): 7–9"
    result = references(f"<ref id='R1'>{parts + running if tagged_first else running + parts}</ref>")
    in_order = [("R1a", whole), ("R1b", line)] if tagged_first else [("R1a", line), ("R1b", whole)]
    assert [(reference.key, reference.text) for reference in result] == in_order


SAME_WORK = [
    (JOURNAL, "BERG, A. REEDS. 2001."),
    (JOURNAL, "Reeds, in: Lakes"),
    (JOURNAL.replace("<article-title>Reeds</article-title>", ""), "A. Berg, Lakes 5 (2001) 7"),
    ("<source>Lakes</source><year>2001</year>", "Lakes and reeds, 2001"),
    ("<article-title>Uma história dos lagos</article-title>", "Dahl B. Uma historia dos lagos. 2001"),
]


@pytest.mark.parametrize(("parts", "line"), SAME_WORK)
def test_the_line_of_a_work_and_its_parts_stay_together(parts, line):
    tagged = f"<element-citation>{parts}</element-citation>"
    assert single_reference(f"<mixed-citation>{line}</mixed-citation>{tagged}").text == line


RESTS = [
    (". Almeida SS, Reeds.", "Almeida SS, Reeds."),
    (") Almeida SS", "Almeida SS"),
    ("]. Almeida SS", "Almeida SS"),
    (".Almeida SS", "Almeida SS"),
    (".Ólafsson SS", "Ólafsson SS"),
    (", “Reeds”, 2001", "“Reeds”, 2001"),
    (".) (2001) Reeds", "(2001) Reeds"),
    # These begin with punctuation of their own.
    ("... and other reeds. 2001", "... and other reeds. 2001"),
    (".NET for reeds. 2001", ".NET for reeds. 2001"),
    (".Net for reeds. 2001", ".Net for reeds. 2001"),
    (".org domains. 2001", ".org domains. 2001"),
    ("—. Reeds. 2001", "—. Reeds. 2001"),
    ("[Anon.] Reeds. 2001", "[Anon.] Reeds. 2001"),
]


@pytest.mark.parametrize("label", ["<label>2</label>", ""])
@pytest.mark.parametrize(("line", "text"), RESTS)
def test_the_rest_of_a_label_is_removed(line, text, label):
    assert single_reference(f"{label}<mixed-citation>{line}</mixed-citation>").text == text


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
    assert codes(read_references("<ref id='a'><label>1</label></ref>")) == ["reference-empty"]


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
