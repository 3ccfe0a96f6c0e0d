"""Whether two names may be those of one person."""

from __future__ import annotations

import pytest

from harvester.formats.same_person import have_same_beginning, initial, may_be_one_person
from harvester.model import AltName, Contributor


def name(surname: str, given: str | None = None) -> AltName:
    return AltName(surname=surname, given=given)


@pytest.mark.parametrize(
    ("ours", "theirs", "one"),
    [
        (name("Walsh", "Kay"), name("Walsh", "K. L."), True),
        (name("Walsh", "Kay"), name("Kay", "Walsh"), True),
        (name("Lund", "Søren"), name("Lúnd", "Soren"), True),
        (name("Walsh", "Kay"), name("Kay Walsh"), True),
        (name("王", "芳"), name("Wang", "Fang"), True),
        (name("Орлов", "Борис"), name("Orlov", "Boris"), True),
        (name("Orlov", "Boris"), name("Orloff", "B."), True),
        (name("Walsh", "Kay Lee"), name("Walsh", "Lee"), True),
        (name("Chekhov", "Anton"), name("Tchekhov", "Anton"), True),
        (name("Müller", "J."), name("Mueller", "Jan"), True),
        (name("Walsh", "Kay"), name("Walsh Osei", "Kay"), True),
        (name("Vega Ramos", "Ana"), name("Ramos", "Ana Vega"), True),
        (name("Walsh", "Robert"), name("Bob Walsh"), True),
        (name("Walsh", "Kay"), name("Osei", "Kay"), False),
        (name("Walsh", "Kay L."), name("Osei", "Kay"), False),
        (name("Walsh", "Kay"), name("Weber", "Kay"), False),
        (name("Walsh", "Kay"), name("Kay Osei"), False),
        (name("Kay Walsh"), name("Kay Osei"), False),
        (name("王", "芳"), name("王", "芳"), True),
        (name("Walsh", "Kay"), name("Walsh", "Tom"), False),
        (name("Walsh", "Kay"), name("Osei", "Tom"), False),
        (name("Walsh", "Kay"), name("Weber", "Tom"), False),
        (name("王", "芳"), name("林", "森"), False),
        (name("Kay Walsh"), name("Tom Osei"), False),
        (name("Walsh", "Kay"), name("Tom Osei"), False),
    ],
)
def test_two_names(ours, theirs, one):
    assert may_be_one_person(ours, theirs) is one
    assert may_be_one_person(theirs, ours) is one


def test_the_same_position_in_two_lists():
    walsh = Contributor(surname="Walsh", given="Kay")
    assert have_same_beginning(walsh, Contributor(surname="Wälsh"))
    assert have_same_beginning(walsh, Contributor(surname="Уолш"))
    assert not have_same_beginning(walsh, Contributor(surname="Osei"))
    assert not have_same_beginning(walsh, Contributor(kind="group", name="Walsh Group"))
    assert initial("Éva") == "e"
