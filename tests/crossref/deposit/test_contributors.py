from __future__ import annotations

from msgspec.structs import replace

from harvester.model import Affiliation, AltName, Contributor
from tests.crossref.deposit.deposits import Deposit, deposit
from tests.crossref.deposit.test_fixtures import fixture

PERSON = "//c:person_name"


def byline(*people: Contributor, version: str = "5.5.0") -> Deposit:
    return deposit(replace(fixture("translation"), contributors=people), version)


def test_the_first_is_first_and_the_others_follow() -> None:
    found = byline(*(Contributor(surname=name) for name in ("Okoye", "Haddad", "Ivleva")))
    assert found.texts(f"{PERSON}/@sequence") == ["first", "additional", "additional"]
    assert found.texts(f"{PERSON}/c:surname") == ["Okoye", "Haddad", "Ivleva"]


class TestRoles:
    editor = Contributor(surname="Okoye", role="editor", corresponding=True, credit=("software", "software"))

    def test_are_elements_in_550_with_credit(self) -> None:
        found = byline(self.editor)
        assert found.texts("//c:role[@vocab='crossref']/@type") == ["editor", "corresponding-author"]
        assert found.texts("//c:role[@vocab='credit']/@type") == ["software"]
        assert found.texts(f"{PERSON}/@contributor_role") == []

    def test_are_an_attribute_before(self) -> None:
        found = byline(self.editor, version="5.4.0")
        assert found.texts(f"{PERSON}/@contributor_role") == ["editor"]
        assert found.count("//c:role") == 0

    def test_of_a_group_is_an_attribute_always(self) -> None:
        found = byline(Contributor(kind="group", name="Flood Watch"))
        assert found.texts("//c:organization[@contributor_role='author']") == ["Flood Watch"]


class TestAltNames:
    person = Contributor(surname="Ivleva", alt_names=(AltName(surname="Ивлева", given="Анна", lang="ru"),))

    def test_are_written_where_the_schema_has_them(self) -> None:
        for version in ("5.5.0", "5.3.1"):
            assert byline(self.person, version=version).texts("//c:alt-name/c:name[@language='ru']/*") == [
                "Ивлева",
                "Анна",
            ]

    def test_in_one_piece_are_no_family_name(self) -> None:
        whole = Contributor(surname="Kerr", alt_names=(AltName(name="Andy Kerr", lang="en"),))
        for version in ("5.5.0", "5.3.1"):
            found = byline(whole, version=version)
            assert found.texts("//c:alt-name/c:string-name[@language='en']") == ["Andy Kerr"]
            assert found.count("//c:alt-name/c:name") == 0

    def test_are_left_out_in_540(self) -> None:
        assert byline(self.person, version="5.4.0").count("//c:alt-name") == 0


class TestOrcid:
    def test_says_authenticated_only_where_the_source_does(self) -> None:
        orcid = "https://orcid.org/0000-0002-1825-0097"
        for known, attribute in ((True, ["true"]), (False, ["false"]), (None, [])):
            found = byline(Contributor(surname="Okoye", orcid=orcid, orcid_authenticated=known))
            assert found.texts("//c:ORCID") == [orcid]
            assert found.texts("//c:ORCID/@authenticated") == attribute


class TestAffiliations:
    def institution(self, **fields) -> Deposit:
        return byline(Contributor(surname="Okoye", affiliations=(Affiliation(**fields),)))

    def test_every_part_has_its_element(self) -> None:
        found = self.institution(
            name="Institute", ror="https://ror.org/02jx3x895", place="Évora", departments=("Maps", "Tides")
        )
        assert found.texts("//c:institution/*") == ["Institute", "https://ror.org/02jx3x895", "Évora", "Maps", "Tides"]

    def test_an_identifier_alone_is_enough(self) -> None:
        found = self.institution(ror="https://ror.org/02jx3x895", grid="grid.1.2")
        assert found.texts("//c:institution/*") == ["https://ror.org/02jx3x895"]

    def test_a_department_or_a_place_without_a_name_is_the_name(self) -> None:
        assert self.institution(departments=("Maps", "Tides"), place="Évora").texts("//c:institution/*") == [
            "Maps, Tides",
            "Évora",
        ]
        assert self.institution(place="Évora").texts("//c:institution/*") == ["Évora"]

    def test_nothing_the_schema_knows_is_nothing(self) -> None:
        assert self.institution(grid="grid.1.2").count("//c:affiliations") == 0
