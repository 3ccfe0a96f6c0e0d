"""Creators, and their names in other languages."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.oai_dc.people import contributors
from harvester.model import AltName, Hints
from tests.formats.oai_dc.reading import codes, fields, read


def test_configured_name_order_and_organisations():
    pairs = (("creator", "L. S. Timova"), ("creator", "Mill Society"))
    assert read(*pairs)[1] == ["name-order-unknown", "possible-organization"]
    article, findings = read(*pairs, name_order="given-first", organizations=("Mill Society",))
    assert [(person.surname, person.name) for person in article.contributors] == [
        ("Timova", None),
        (None, "Mill Society"),
    ]
    assert findings == []


def test_names_of_one_person_in_three_languages():
    rows = [("creator", "Lapina, Vera", "en"), ("creator", "Лапина, Вера", "ru"), ("creator", "Lapina, Vera", "de")]
    (author,) = read(*rows)[0].contributors
    assert author.surname == "Lapina"
    assert author.alt_names == (AltName(surname="Лапина", given="Вера", lang="ru"),)


def people(*rows, language=None):
    """The surname and the surnames in other languages of each contributor, and the codes of the findings."""
    notes = Notes()
    creators = fields(*(("creator", *row) for row in rows))
    found = contributors(creators, language, Hints(), notes)
    return [(person.surname, [name.surname for name in person.alt_names]) for person in found], codes(notes)


MISMATCH = ["creators-language-mismatch"]
PEOPLE = [
    ([], [], []),
    ([("Doe, Jane",), ("Roe, Ann",)], [("Doe", []), ("Roe", [])], []),
    ([("Doe, Jane", "en"), ("Дое, Яна", "ru")], [("Doe", ["Дое"])], []),
    ([("Doe, Jane", "en"), ("Doe, Jane", "fr")], [("Doe", [])], []),
    # If one creator has no language, it is unknown whose translations the others are.
    ([("Doe, Jane", "en"), ("Дое, Яна",)], [("Doe", []), ("Дое", [])], []),
    (
        [("Doe, Jane", "en"), ("Roe, Ann", "en"), ("Дое, Яна", "ru")],
        [("Doe", []), ("Roe", [])],
        ["creators-language-mismatch"],
    ),
    ([("Doe, Jane", "en"), ("Roe, Ann", "fr")], [("Doe", [])], ["creators-language-mismatch"]),
    ([("Émond, A.", "fr"), ("Emond, A.", "en")], [("Émond", ["Emond"])], []),
    ([("Doe, Jane", "en"), ("...", "en")], [("Doe", [])], ["contributor-empty"]),
]


@pytest.mark.parametrize(("rows", "names", "found"), PEOPLE)
def test_the_people_of_an_article(rows, names, found):
    assert people(*rows) == (names, found)


def test_the_names_in_the_articles_language_are_the_main_ones():
    rows = [("Doe, Jane", "en"), ("Дое, Яна", "ru")]
    assert people(*rows, language="ru") == ([("Дое", ["Doe"])], [])
    assert people(*rows, language="de") == ([("Doe", ["Дое"])], [])


def test_a_group_has_no_names_in_other_languages():
    notes = Notes()
    rows = fields(("creator", "Mill Society", "en"), ("creator", "Общество мельниц", "ru"))
    (group,) = contributors(rows, None, Hints(organizations=("Mill Society", "Общество мельниц")), notes)
    assert (group.kind, group.name, group.alt_names, codes(notes)) == ("group", "Mill Society", (), [])
