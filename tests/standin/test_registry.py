"""What is registered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harvester.standin.registry import Key, Record, Registry, Version, plain_issn

AT = datetime(2026, 1, 2, tzinfo=UTC)


def version(number: int, days: int = 0) -> Version:
    return Version(number=number, xml=b"<x/>", at=AT + timedelta(days=days), submission=1)


def put(registry: Registry, doi: str, key: Key = (), number: int = 1) -> Record:
    return registry.put(doi, "journal_article", version(number), key)


def test_dois_are_compared_without_case_and_kept_as_first_written() -> None:
    registry = Registry()
    put(registry, "10.5555/Abc")
    assert put(registry, "10.5555/aBC", number=2).doi == "10.5555/Abc"
    record = registry.record("10.5555/ABC")
    assert record
    assert (record.newest.number, record.prefix, record.owner) == (2, "10.5555", "10.5555")


def test_version_at_a_moment() -> None:
    registry = Registry()
    record = registry.put("10.5555/a", "journal_article", version(1))
    registry.put("10.5555/a", "journal_article", version(2, days=2))
    numbers = [record.at(AT + timedelta(days=days)) for days in (-1, 0, 1, 2)]
    assert [each.number if each else None for each in numbers] == [None, 1, 1, 2]
    assert record.created == AT


def test_title_of_several_issns() -> None:
    registry = Registry()
    title = registry.put_title("A", "10.5555", "P", [("2049-3630", "print")])
    assert registry.put_title("B", "10.1234", "Q", [("20493630", "print"), ("2049-3649", "electronic")]) is title
    assert registry.title("2049-3649") is title
    assert (title.title, title.issns) == ("A", {"20493630": "print", "20493649": "electronic"})
    assert registry.all_titles() == [title]


def test_title_without_an_issn() -> None:
    registry = Registry()
    title = registry.put_title("A", "10.5555", "P", [], "10.5555/J")
    assert registry.put_title("A", "10.5555", "P", [], "10.5555/j") is title
    assert registry.all_titles() == [title]
    assert (title.doi, title.issns) == ("10.5555/J", {})


def test_conflicts_of_three_dois() -> None:
    registry = Registry()
    first, second, third = (put(registry, f"10.5555/{letter}", ("same",)) for letter in "abc")
    assert registry.update_conflicts(third) == (["10.5555/a", "10.5555/b"], [])
    number = third.conflicts["10.5555/a"]
    assert first.conflicts == second.conflicts == {"10.5555/c": number}
    assert registry.update_conflicts(third) == (["10.5555/a", "10.5555/b"], [])
    assert third.conflicts["10.5555/b"] == number
    put(registry, "10.5555/c", ("another",))
    assert registry.update_conflicts(third) == ([], [number])
    assert first.conflicts == second.conflicts == third.conflicts == {}


def test_records_without_a_key_are_never_in_conflict() -> None:
    registry = Registry()
    put(registry, "10.5555/a")
    assert registry.update_conflicts(put(registry, "10.5555/b")) == ([], [])


def test_plain_issn() -> None:
    assert plain_issn(" 0000-006x") == "0000006X"
