"""Names, split only into the parts that the source gives."""

from __future__ import annotations

import pytest

from harvester.formats.jats.names import group_name, has_parts, name_elements, person_name, ranked
from harvester.model import AltName, Hints
from tests.formats.jats.reading import article_of, codes, element, group, meta, person, read_meta

NAMES = [
    (person(), ("person", "Berg", "Ada", None)),
    (
        "<name><surname>Berg, </surname><given-names>A. B.</given-names><suffix>III</suffix></name>",
        ("person", "Berg", "A. B.", "III"),
    ),
    ("<name><prefix>Dr</prefix><surname>Berg</surname></name><degrees>PhD</degrees>", ("person", "Berg", None, None)),
    ("<name><surname/><given-names>Suharto</given-names></name>", ("person", "Suharto", None, None)),
    ("<name><surname>Li<xref ref-type='fn'>*</xref></surname></name>", ("person", "Li", None, None)),
    ("<string-name>Berg, Ada</string-name>", ("person", "Berg", "Ada", None)),
    ("<string-name>Plato</string-name>", ("person", "Plato", None, None)),
    ("<anonymous/>", ("anonymous", None, None, None)),
]


@pytest.mark.parametrize(("inner", "expected"), NAMES)
def test_names_and_their_parts(inner, expected):
    reading = read_meta(group(inner))
    (contributor,) = article_of(reading).contributors
    assert (contributor.kind, contributor.surname, contributor.given, contributor.suffix) == expected
    assert codes(reading) == []


STRING_NAMES = [
    (None, ("Ada Mary Berg", None), ["name-order-unknown"]),
    ("given-first", ("Berg", "Ada Mary"), []),
    ("family-first", ("Ada", "Mary Berg"), []),
]


@pytest.mark.parametrize(("order", "name", "expected_codes"), STRING_NAMES)
def test_a_name_without_parts_is_split_only_by_a_setting(order, name, expected_codes):
    reading = read_meta(group("<string-name>Ada Mary Berg</string-name>"), hints=Hints(name_order=order))
    (contributor,) = article_of(reading).contributors
    assert ((contributor.surname, contributor.given), codes(reading)) == (name, expected_codes)


def test_a_name_with_several_commas_is_not_parsed():
    assert codes(read_meta(group("<string-name>Berg, Ada, Oslo</string-name>"))) == ["name-unparsed"]


COLLABS = [
    ("(The Reed Collaboration)", "The Reed Collaboration"),
    ("for the Reed Collaboration", "the Reed Collaboration"),
    ("on behalf of the Reed Group", "the Reed Group"),
    ("<institution>Reed Group</institution>", "Reed Group"),
    ("Reed Group <email>a@b.example</email>", "Reed Group"),
]


@pytest.mark.parametrize(("inner", "name"), COLLABS)
def test_names_of_groups(inner, name):
    (contributor,) = meta(group(f"<collab>{inner}</collab>")).contributors
    assert (contributor.kind, contributor.name) == ("group", name)


def test_name_alternatives_come_before_other_names():
    contrib = element(
        "<name id='3'/><name-alternatives><string-name id='1'/><name id='2'/></name-alternatives>", "contrib"
    )
    assert [name.get("id") for name in name_elements(contrib)] == ["1", "2", "3"]


RANKS = [
    (["<name id='a'><surname>A</surname></name>", "<string-name id='b'>B</string-name>"], "ab"),
    (["<string-name id='b'>B</string-name>", "<name id='a'><surname>A</surname></name>"], "ab"),
    (["<name id='a' xml:lang='en'/>", "<string-name id='b' xml:lang='ru-RU'>B</string-name>"], "ba"),
    (["<name id='a' xml:lang='ru'/>", "<name id='b' specific-use='primary'/>"], "ba"),
    (["<name id='a' xml:lang='ru' content-type='native'/>", "<string-name id='b'>B</string-name>"], "ba"),
]


@pytest.mark.parametrize(("written", "order"), RANKS)
def test_the_main_name_comes_first(written, order):
    elements = [child for name in written for child in element(name)]
    assert "".join(str(child.get("id")) for child in ranked(elements, "ru")) == order


PARTS = [
    ("<surname>Berg</surname><given-names>Ada</given-names>", AltName(surname="Berg", given="Ada", lang="en")),
    ("<surname>Li<sup>1</sup></surname><given-names>Ada</given-names>", AltName(surname="Li", given="Ada", lang="en")),
    ("<surname>Berg<sup>a,*</sup></surname>", AltName(surname="Berg", lang="en")),
    ("<surname>M<sup>lle</sup> Berg</surname>", AltName(surname="Mlle Berg", lang="en")),
    ("<surname><italic>Berg</italic></surname>", AltName(surname="Berg", lang="en")),
    ("<surname>Berg,</surname><suffix>Jr</suffix>", AltName(surname="Berg", suffix="Jr", lang="en")),
    (
        "<surname>Berg</surname><surname>Dahl</surname><given-names>A</given-names><given-names>B</given-names>",
        AltName(surname="Berg", given="A B", lang="en"),
    ),
    ("<given-names>Ada</given-names>", AltName(surname="Ada", lang="en")),
    ("<surname>?</surname><given-names>Ada</given-names>", AltName(surname="Ada", lang="en")),
    ("<surname>?</surname>", None),
    ("Berg, Ada", None),  # only a string-name may be without parts
]


@pytest.mark.parametrize(("inner", "expected"), PARTS)
def test_the_parts_of_a_name(inner, expected):
    assert person_name(element(inner, "name"), "en") == expected


def test_a_name_in_one_piece_has_no_parts():
    written = element("Berg, Ada", "string-name")
    assert not has_parts(written)
    assert person_name(written, None) == AltName(surname="Berg, Ada")
    assert has_parts(element("<given-names>Ada</given-names>", "string-name"))


@pytest.mark.parametrize(
    ("inner", "name"),
    [
        ("Reed Group<contrib-group><contrib/></contrib-group>, ", "Reed Group"),
        ("(Reed Group) (Oslo)", "(Reed Group) (Oslo)"),
        ("and on behalf of Reed Group", "Reed Group"),
        ("Reed Group<sup>1</sup>, <sup>2</sup>", "Reed Group"),
        ("Reed Group<sup>(1)</sup>", "Reed Group"),
        ("Reed Group ＊", "Reed Group"),
        ("Reed Group [1]", "Reed Group"),
        ("Reed Group [North]", "Reed Group [North]"),
        ("for Reeds", "for Reeds"),
        ("<named-content>Reed</named-content><italic>Group</italic>", "Reed Group"),
        ("<email>a@b.example</email>", None),
    ],
)
def test_the_name_of_a_group(inner, name):
    assert group_name(element(inner, "collab")) == name


@pytest.mark.parametrize(
    ("surname", "expected"),
    [
        ("O&amp;#039;Brien", "O'Brien"),
        ("N&amp;uacute;&amp;ntilde;ez", "Núñez"),
        ("M&amp;amp;uuml;ller", "Müller"),
        ("Müller&lt;sup&gt;1&lt;/sup&gt;", "Müller"),
        ("Müller&lt;sup&gt;1, *&lt;/sup&gt;", "Müller"),
        ("M&lt;sup&gt;ac&lt;/sup&gt;Leod", "MacLeod"),
        ("Smith &amp; Sons", "Smith & Sons"),
    ],
)
def test_markup_that_was_escaped_twice(surname, expected):
    reading = read_meta(group(f"<name><surname>{surname}</surname><given-names>Ada</given-names></name>"))
    assert article_of(reading).contributors[0].surname == expected
    reading = read_meta(group(f"<collab>{surname}</collab>"))
    assert article_of(reading).contributors[0].name == expected
