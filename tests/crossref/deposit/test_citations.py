from __future__ import annotations

from msgspec.structs import replace

from harvester.model import Reference
from tests.crossref.deposit.deposits import Deposit, deposit
from tests.crossref.deposit.test_fixtures import fixture


def cited(*references: Reference, version: str = "5.5.0") -> Deposit:
    return deposit(replace(fixture("translation"), references=references), version)


def test_the_text_stands_whole_beside_the_parts() -> None:
    found = cited(Reference(key="1", text="A & B. 2014.", doi="10.5555/a(1)<2>", year="2014"))
    assert found.texts("//c:citation/*") == ["2014", "10.5555/a(1)<2>", "A & B. 2014."]


def test_order_and_keys_are_those_of_the_article() -> None:
    found = cited(*(Reference(key=f'k"{number}', text=str(number)) for number in range(120)))
    assert found.texts("//c:citation/@key") == [f'k"{number}' for number in range(120)]


def test_a_part_that_does_not_fit_is_left_to_the_text() -> None:
    odd = Reference(key="1", text="all of it", doi="10.5555", isbn="12", issn="1234", volume="v" * 33, edition="e" * 16)
    assert cited(odd).texts("//c:citation/*") == ["all of it"]


def test_an_entry_without_anything_is_absent() -> None:
    assert cited(Reference(key="1")).count("//c:citation_list") == 0


def test_types_are_written_from_540_on() -> None:
    dataset, untyped = Reference(key="1", text="x", type="dataset"), Reference(key="2", text="y")
    assert cited(dataset, untyped, version="5.4.0").texts("//c:citation/@type") == ["dataset"]
    assert cited(dataset, untyped, version="5.3.1").texts("//c:citation/@type") == []
