"""Names in parts, without what does not belong to a name (mapping J6)."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.tidied_names import tidied_name
from harvester.model import AltName


@pytest.mark.parametrize(
    ("surname", "given", "right", "removed"),
    [
        ("Lund PhD", "Ida", ("Lund", "Ida"), "PhD"),
        ("Lund, MD, FRCS", "Ida", ("Lund", "Ida"), "MD, FRCS"),
        ("Lund, MD", "Ida", ("Lund", "Ida"), "MD"),
        ("Lund*", "Prof. Ida", ("Lund", "Ida"), "*, Prof."),
        ("Lund", "PhD", ("Lund", None), "PhD"),
        ("Lund PhD", None, ("Lund", None), "PhD"),
    ],
)
def test_it_is_removed_and_reported(surname, given, right, removed):
    notes = Notes()
    name = tidied_name(AltName(surname=surname, given=given, lang="en"), "contributors[0]", notes)
    assert name == AltName(surname=right[0], given=right[1], lang="en")
    assert [(each.code, each.detail["removed"]) for each in notes.findings] == [("name-tidied", removed)]


@pytest.mark.parametrize(
    ("given", "written", "suffix", "removed"),
    [
        ("Ida", "PhD", None, "PhD"),
        ("Ida", "M.D.", None, "M.D."),
        ("Ida", "Jr., MD", "Jr.", "MD"),
        ("Ida", "III", "III", None),
        ("Ida", "Filho", "Filho", None),
        ("Ida Jr.", None, "Jr.", None),
        ("Ida K. III", None, "III", None),
    ],
)
def test_a_suffix_is_no_degree_and_may_be_behind_the_given_names(given, written, suffix, removed):
    notes = Notes()
    name = tidied_name(AltName(surname="Lund", given=given, suffix=written), "contributors[0]", notes)
    assert name == AltName(surname="Lund", given=given.removesuffix(" Jr.").removesuffix(" III"), suffix=suffix)
    assert [each.detail["removed"] for each in notes.findings] == ([removed] if removed else [])


@pytest.mark.parametrize(
    ("surname", "given"),
    [("Lund", "Ida V"), ("Ma", "Md."), ("Do", "Ed"), ("Lund, Ida", None), ("Lund Berg", "Ida"), ("Ba", None)],
)
def test_a_name_stays(surname, given):
    notes = Notes()
    name = AltName(surname=surname, given=given)
    assert tidied_name(name, "contributors[0]", notes) == name
    assert notes.findings == []


def test_a_degree_as_family_name_hides_the_family_name():
    notes = Notes()
    name = AltName(surname="S.Pd", given="Ayu Lestari")
    assert tidied_name(name, "contributors[0]", notes) == name
    assert [(each.code, each.value) for each in notes.findings] == [("name-unparsed", "Ayu Lestari S.Pd")]
