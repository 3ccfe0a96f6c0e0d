"""Words in place of a value, and real values that look like them."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.placeholders import (
    is_placeholder,
    names_nobody,
    real_name,
    says_no_abstract,
    says_no_funding,
    says_no_number,
    unless_field_name,
    unless_placeholder,
)

PLACEHOLDERS = """None none NULL nil undefined NaN N/A n.a. NA #N/A #REF! (null) <null> [null] - -- — ? ... TBA xxxxx
{$title} {{title}} ${title} %TITLE% ##journal.title## ¿VOL?
#VALUE! #BEZUG! #ССЫЛКА! #¿NOMBRE? #N/D <NA> NaT NoneType \\N [] {} … s/n s.n. unknown Unbekannt @title@ %s [title]"""
PHRASES = ["{{ title }}", "{% title %}", "<%= title %>", "Not available", "[Insert title]", "None None"]
VALUES = [
    "Nonetheless",
    "Nil-return",
    "0",
    "IV",
    "e12",
    "Na",
    "No.5",
    "N",
    "xxx",
    "$5",
    "100%",
    "C#",
    "{a}b",
    "Nan-Li",
    "Nat",
    "#Tides",
]


@pytest.mark.parametrize(
    "value",
    [*PLACEHOLDERS.split(), *PHRASES],
)
def test_a_placeholder(value):
    assert is_placeholder(value)


@pytest.mark.parametrize("value", [*VALUES, "None of the above", "Null results", "Not available in stores", "Title"])
def test_a_value_that_looks_like_a_placeholder(value):
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    ("surname", "given", "name"),
    [
        ("None", "None", None),
        ("None", None, None),
        ("nan", "nan", None),
        ("N/A", "N/A", None),
        ("Berg", "None", ("Berg", None)),
        ("Berg", "null", ("Berg", None)),
        ("Null", "Karl", ("Null", "Karl")),
        ("None", "Ada", ("None", "Ada")),
        ("Li", "Nan", ("Li", "Nan")),
        ("Na", "Nil", ("Na", "Nil")),
        ("Smith", "N. A.", ("Smith", "N. A.")),
        ("Smith", "N.A.", ("Smith", "N.A.")),
        ("Smith", "NA", ("Smith", "NA")),
        ("N/A", "Ada", ("Ada", None)),
        ("-", "Ada", ("Ada", None)),
        ("Unknown", "Pat", ("Unknown", "Pat")),
        ("Berg", None, ("Berg", None)),
        ("LNU", "Priya", ("Priya", None)),
        ("Priya", "FNU", ("Priya", None)),
        ("LNU", "FNU", None),
    ],
)
def test_a_name_made_of_placeholders_is_not_a_name(surname, given, name):
    assert real_name(surname, given) == name


@pytest.mark.parametrize(
    ("name", "nobody"),
    [
        ("N/A", True),
        ("n.a.", True),
        ("NA, NA", True),
        ("Author, Unknown", True),
        ("no name", True),
        ("Sin autor", True),
        ("S/A", True),
        ("Без автора", True),
        ("yazar yok", True),
        ("xxx, xxx", True),
        ("x", True),
        ("X", False),
        ("Sin, Autora", False),
        ("Xu, X", False),
        ("#REF!, #REF!", True),
        ("неизвестный автор", True),
        ("Null, Jan", False),
        ("Unknown, Pat", False),
        ("Na", False),
        ("Na, Li", False),
        ("N. A.", False),
        ("Smith, N. A.", False),
    ],
)
def test_a_whole_name_that_names_nobody(name, nobody):
    assert names_nobody(name) is nobody


NO_FUNDING = [
    "本研究未获得资助",
    "本研究は助成を受けていない。",
    "이 연구는 지원을 받지 않았다",
    "None",
    "none.",
    "N/A",
    "No funding",
    "No external funding was received.",
    "The authors received no funding.",
    "The authors received no specific funding for this work",
    "This research received no external funding.",
    "This work was not funded by any agency.",
    "We did not receive any financial support.",
    "Self-funded",
    "Own funds",
    "Nothing to declare",
    "Funding: none",
    "There was no funding",
    "The authors declare no funding.",
    "The work was carried out without external funding",
    "Recursos propios",
    "Financiamento próprio",
    "Diese Arbeit wurde nicht gefördert.",
    "Bu çalışma için destek alınmamıştır.",
    "Penelitian ini tidak menerima pendanaan",
    "Личные средства авторов",
    "Nincs",
    "Not applicable",
    "Sin financiación",
    "Ninguno",
    "Esta investigación no recibió financiación externa.",
    "Nenhuma",
    "Sem financiamento externo",
    "Aucun financement",
    "Keine",
    "Keine Förderung",
    "Нет",
    "Исследование не имело спонсорской поддержки.",
    "无",
    "Yok",
]
FUNDERS = [
    "无锡市科技资助",
    "국가 연구비 지원 사업",
    "助成財団",
    "Nonesuch Foundation",
    "None Fund for Rivers",
    "No Barriers Foundation",
    "No Kid Hungry Fund",
    "Null Stiftung",
    "Sin Fronteras",
    "Nordic Council",
    "Support Fund",
    "National Foundation for No-till Farming",
    "Aucune Terre ASBL",
    "Nilsson Foundation",
    "Received Wisdom Trust",
    "Own Voices Fund",
    "Doctors Without Borders",
    "Nothing But Nets",
]


@pytest.mark.parametrize("value", NO_FUNDING)
def test_a_sentence_that_says_there_was_no_funding(value):
    assert says_no_funding(value)


@pytest.mark.parametrize("value", FUNDERS)
def test_a_funder_whose_name_begins_like_such_a_sentence(value):
    assert not says_no_funding(value)


@pytest.mark.parametrize("value", ["N/A", "None", "0", "00", "no", "No number", "w/o number", "нет", "s/n", "Ninguno"])
def test_an_award_without_a_number(value):
    assert says_no_number(value)


@pytest.mark.parametrize("value", ["No. 12", "NO-2020-1", "N/A-2020", "None-12", "0012", "NIL-17", "No 2020/15"])
def test_the_number_of_an_award(value):
    assert not says_no_number(value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("No abstract available.", True),
        ("[No abstract]", True),
        ("Abstract not available", True),
        ("N/A", True),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit.", True),
        ("Lorem ipsum: the history of a filler", False),
        ("Sin resumen", True),
        ("Аннотация отсутствует.", True),
        ("No abstract concept is needed to describe a river.", False),
        ("None of the rivers dried up.", False),
        ("Abstract", False),
    ],
)
def test_an_abstract_that_says_there_is_none(value, says):
    assert says_no_abstract(value) is says


def test_a_placeholder_is_reported():
    notes = Notes()
    assert unless_placeholder("None", "titles[0]", notes) is None
    assert unless_field_name("[VOLUME]", "volume", notes) is None
    assert [(finding.code, finding.path, finding.value) for finding in notes.findings] == [
        ("placeholder-value", "titles[0]", "None"),
        ("placeholder-value", "volume", "[VOLUME]"),
    ]
    assert (unless_placeholder("Volume", "titles[0]", notes), unless_placeholder(None, "titles[0]", notes)) == (
        "Volume",
        None,
    )
