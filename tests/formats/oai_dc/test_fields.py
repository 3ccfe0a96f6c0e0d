"""The values of a Dublin Core record by element, with their languages."""

import pytest
from lxml import etree

from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields, Value, language_first, report_wrong_script
from tests.formats.oai_dc.reading import codes, fields


def test_values_keep_their_order_and_language():
    found = fields(("title", "Mills", "en"), ("creator", "Doe"), ("title", " Moulins ", "fr_CA"), ("title", "M"))
    assert found.all("title") == [Value("Mills", "en"), Value("Moulins", "fr"), Value("M", None)]
    assert found.texts("title") == ["Mills", "Moulins", "M"]
    assert (found.first("creator"), found.first("date")) == ("Doe", None)
    assert (found.all("date"), found.texts("date")) == ([], [])


def test_blank_values_are_absent():
    assert fields(("title", ""), ("title", " \n "), ("title", "Mills")).texts("title") == ["Mills"]


def test_white_space_inside_a_value_is_kept():
    assert fields(("source", " A;\n  B ")).first("source") == "A;\n  B"


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        ("<dc xmlns='urn:own'><title>A</title></dc>", ["A"]),
        ("<dc><title>A</title></dc>", ["A"]),
        ("<x:dc xmlns:x='urn:x'><title>A</title></x:dc>", ["A"]),
        ("<dc xmlns:d='http://purl.org/dc/elements/1.0/'><d:title>A</d:title></dc>", ["A"]),
        ("<dc xmlns:d='http://purl.org/dc/terms/'><d:title>A</d:title></dc>", []),
        ("<x:dc xmlns:x='urn:x' xmlns:y='urn:y'><y:title>A</y:title></x:dc>", []),
    ],
)
def test_only_elements_in_known_namespaces_are_read(xml, found):
    assert Fields(etree.fromstring(xml), Notes()).texts("title") == found


def test_markup_inside_a_value_is_left_out():
    root = etree.fromstring("<dc><title>On <i>E. <b>coli</b></i> here</title></dc>")
    assert Fields(root, Notes()).texts("title") == ["On E. coli here"]


def test_a_tag_that_names_no_language_is_reported_once():
    notes = Notes()
    found = fields(("title", "A", "xx"), ("title", "B", "xx"), ("subject", "C", "en-GB"), notes=notes)
    assert [value.lang for value in found.all("title")] == [None, None]
    assert [(finding.code, finding.value) for finding in notes.findings] == [("language-unknown", "xx")]


def test_the_articles_language_comes_first_and_the_others_keep_their_order():
    values = [Value("A", "fr"), Value("B", None), Value("C", "en"), Value("D", "fr"), Value("E", "en")]
    assert [value.text for value in language_first(values, "en")] == ["C", "E", "A", "B", "D"]
    assert language_first(values, None) == values
    assert language_first(values[:1], "en") == values[:1]


@pytest.mark.parametrize(
    ("characters", "lang", "found"),
    [
        ("Река впадает в море", "en", ["lang-mismatch"]),
        ("Река впадает в море", "ru", []),
        ("Река впадает в море", None, []),
        ("The river", "ru", ["lang-mismatch"]),
    ],
)
def test_a_text_in_a_script_that_its_language_does_not_use_is_reported(characters, lang, found):
    notes = Notes()
    report_wrong_script(characters, lang, "titles[0]", notes)
    assert codes(notes) == found
