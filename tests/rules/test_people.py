"""Contributors: names that Crossref accepts, and no duplicates."""

import pytest
from msgspec.structs import replace

from harvester.model import Affiliation, AltName, Contributor
from harvester.rules import people
from tests.rules.samples import PERSON, POLICY, article, findings_of, with_person

NAMESAKE = replace(PERSON, orcid=None, affiliations=(Affiliation(name="Example College"),))
GROUP = Contributor(kind="group", name="Lamp Group")
OTHER_ORCID = "https://orcid.org/0000-0001-5109-3700"


def by(*contributors):
    return article(contributors=contributors)


BAD = [
    ("name-refused", "contributors[0].surname", with_person(surname="Ivanov 1950 1999")),
    ("name-refused", "contributors[0].given", with_person(given="???")),
    ("name-refused", "contributors[0].alt_names[0].surname", with_person(alt_names=(AltName(surname="? ?"),))),
    ("name-refused", "contributors[0].alt_names[0].given", with_person(alt_names=(AltName(surname="A", given="?"),))),
    ("name-digits", "contributors[0].surname", with_person(surname="Petrov2")),
    ("name-digits", "contributors[0].given", with_person(given="P4ul")),
    ("name-all-caps", "contributors[0].surname", with_person(surname="СТЕПАНОВА")),
    ("name-all-caps", "contributors[0].surname", with_person(surname="O'BRIEN")),
    ("surname-initial", "contributors[0].surname", with_person(surname="S.")),
    ("surname-initial", "contributors[0].surname", with_person(surname="Ж")),
    ("surname-suffix", "contributors[0].surname", with_person(surname="Davis Jr.")),
    ("surname-suffix", "contributors[0].surname", with_person(surname="da Silva Filho")),
    ("name-mixed-scripts", "contributors[0].surname", with_person(surname="Iv\u0430nov")),
    ("name-mixed-scripts", "contributors[0].given", with_person(given="Ив\u0061н")),
    ("name-mixed-scripts", "contributors[0].name", by(replace(GROUP, name="Lam\u0440 Group"))),
    ("name-mixed-scripts", "contributors[0].alt_names[0].name", with_person(alt_names=(AltName(name="Iv\u0430n"),))),
    ("orcid-check-digit", "contributors[0].orcid", with_person(orcid="https://orcid.org/0000-0002-1825-0098")),
    ("orcid-check-digit", "contributors[0].orcid", with_person(orcid="0000-0002-1825-0097")),  # not in canonical form
    ("orcid-duplicate", "contributors[1].orcid", by(PERSON, replace(PERSON, surname="Other"))),
    ("contributor-duplicate", "contributors[1]", by(PERSON, replace(PERSON, orcid=None))),
    ("contributor-duplicate", "contributors[1]", by(replace(PERSON, orcid=None), PERSON)),
    ("contributor-duplicate", "contributors[1]", by(replace(PERSON, affiliations=()), NAMESAKE)),
    ("contributor-duplicate", "contributors[1]", by(NAMESAKE, replace(PERSON, affiliations=()))),
    ("contributor-duplicate", "contributors[2]", by(GROUP, PERSON, GROUP)),
]
GOOD = [
    with_person(surname="王", given="伟"),
    with_person(surname="U", given=None),  # a single name
    with_person(surname="Davis", suffix="Jr."),
    with_person(surname="Neto"),
    with_person(surname="McDonald", given="R. J."),
    with_person(surname="MCDonald"),
    with_person(surname="Иванов-Smith", given="山田さとみ"),
    with_person(given="J. D. S."),
    by(PERSON, Contributor(kind="group", name="The 3rd Group?"), Contributor(kind="anonymous")),
    by(PERSON, NAMESAKE),
    by(PERSON, replace(PERSON, orcid=OTHER_ORCID)),
    by(PERSON, replace(PERSON, orcid=None, suffix="II")),
    by(PERSON, replace(PERSON, orcid=None, given="Joan")),
    by(Contributor(kind="anonymous"), Contributor(kind="anonymous")),
]


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_what_is_wrong_with_a_contributor_is_found(code, path, faulty):
    assert findings_of(people.RULES, faulty) == [(code, path)]


@pytest.mark.parametrize("good", GOOD)
def test_a_contributor_who_only_looks_wrong_passes(good):
    assert findings_of(people.RULES, good) == []


def test_a_third_of_the_same_name_is_compared_with_the_first():
    third = replace(NAMESAKE, affiliations=PERSON.affiliations)
    assert findings_of(people.RULES, by(PERSON, NAMESAKE, third)) == [("contributor-duplicate", "contributors[2]")]


def test_a_duplicate_is_shown_by_name():
    shown = [
        [finding.value for finding in people.people_are_unique(by(person, person), POLICY)]
        for person in (replace(PERSON, orcid=None), GROUP)
    ]
    assert shown == [["Josiah Carberry"], ["Lamp Group"]]
