"""Footnote marks before names of institutions, and names of several institutions (mapping J7)."""

from __future__ import annotations

import pytest

from harvester.formats.jats.affiliation_names import names_several, without_mark

MARKED = [
    "1Department of Tides, Coast College",
    "12Department of Tides, Coast College",
    "aDepartment of Tides, Coast College",
    "a Department of Tides, Coast College",
    "¹Department of Tides, Coast College",
    "*Department of Tides, Coast College",
    "† Department of Tides, Coast College",
    "(1) Department of Tides, Coast College",
    "[a]Department of Tides, Coast College",
    "2) Department of Tides, Coast College",
    "1. Department of Tides, Coast College",
    "1,2Department of Tides, Coast College",
]
NUMBERS = """
3M Company
2nd Clinic of Surgery
1st Department of Tides
4Paradigm
23andMe
1. lékařská fakulta
1. Institut für Moose
12 de Octubre Hospital
eHealth Institute
iSchool, Coast College
5G Institute
A*STAR Institute
"""


@pytest.mark.parametrize("name", MARKED)
def test_a_mark_is_removed(name):
    assert without_mark(name) == "Department of Tides, Coast College"


def test_a_mark_before_the_proper_name_of_an_institution_is_removed():
    assert without_mark("1Max Lund Institute") == "Max Lund Institute"
    assert without_mark("1北京大学") == "北京大学"


@pytest.mark.parametrize("name", NUMBERS.strip().splitlines())
def test_a_number_of_the_name_stays(name):
    assert without_mark(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Univ. of Reeds, Bergen, Norway; Institute of Moss, Lyon, France",
        "University of Reeds; University of Moss",
        "Reed Hospital, Oslo; Moss Hospital, Bergen; Sand College, Rome",
        "1Univ. of Reeds, Bergen, 2Univ. of Moss, Lyon",
        "1. Univ. of Reeds 2. Univ. of Moss",
        "1Univ. of Reeds 2Univ. of Moss",
        "University of Reeds and University of Moss",
        "Universidad de Juncos, Lima / Universidad de Musgo, Quito",
        "Univ. of Reeds | Univ. of Moss",
        "海洋大学；河流大学",
        "¹Ankara Üniversitesi, Ankara; ²Gazi Üniversitesi, Ankara",
        "a Universitas Tides, b Institut Moss",
        "Київський університет, Київ; Львівський університет, Львів",
    ],
)
def test_several_institutions(name):
    assert names_several(name)


@pytest.mark.parametrize(
    "name",
    [
        "University of Reeds, Bergen, Norway",
        "Faculty of Law, Room 5; University of Reeds, Bergen",
        "Department of Tides; University of Reeds; Bergen; Norway",
        "Institute of Moss, University of Reeds, Bergen",
        "1Department of Tides",
        "Centre of Moss, University Hospital, University of Reeds",
        "University of Reeds and Moss",
        "Clinics of Surgery 1 and Surgery 2, Coast Hospital",
        "Institute of Reeds and Moss, University of Tides",
        "¹Ankara Üniversitesi, Ankara",
        "Rua A, a Universidade do Mar",
        "Vitamin B Institute, b Street",
    ],
)
def test_one_institution(name):
    assert not names_several(name)
