"""Processing without a server: what the recorded answers (test_samples.py) do not cover."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from harvester.standin.accounts import Account
from harvester.standin.diagnostic import Diagnosis, failure
from harvester.standin.processing import Job, process
from harvester.standin.registry import Registry
from tests.standin.files import ISSNS, article, deposit, journal, person, relation

AT = datetime(2026, 1, 2, tzinfo=UTC)
ACCOUNT = Account(login="demo", password="x", prefixes=("10.5555",))


def processed(data: bytes, registry: Registry | None = None) -> list[Diagnosis]:
    job = Job(account=ACCOUNT, submission=1, at=AT, known_prefixes={"10.5555"})
    return list(process(data, job, registry or Registry()).records)


def statuses(records: list[Diagnosis]) -> list[str]:
    return [record.status for record in records]


def test_articles_of_one_file_may_be_related_to_each_other() -> None:
    pair = (
        article("10.5555/a", relations=relation("10.5555/B")),
        article("10.5555/b", page="20", relations=relation("10.5555/a")),
    )
    assert statuses(processed(deposit(*pair))) == ["Success", "Success"]


def test_relations_to_other_prefixes_are_not_checked() -> None:
    assert statuses(processed(deposit(article(relations=relation("10.9999/none"))))) == ["Success"]


def test_one_refused_article_does_not_stop_the_others() -> None:
    people = person("Reed", "0000-0002-1825-0090")
    articles = [article("10.5555/a", people=people), article("10.5555/b"), article("10.5555/b")]
    records = processed(deposit(*articles))
    assert [(record.status, record.msg_id) for record in records] == [
        ("Failure", 45),
        ("Success", None),
        ("Failure", 4),
    ]


def test_journal_without_issn_does_not_stop_the_next() -> None:
    data = deposit(journal(article("10.5555/a"), issns=""), journal(article("10.5555/b")))
    assert statuses(processed(data)) == ["Failure", "Success"]


def test_journal_with_a_doi_needs_no_issn() -> None:
    data = deposit(journal(article(), issns="", title_doi="10.5555/j"))
    assert statuses(processed(data)) == ["Success", "Success"]


def test_title_is_created_by_the_first_accepted_article() -> None:
    registry = Registry()
    processed(deposit(article("10.9999/a")), registry)
    assert registry.all_titles() == []
    processed(deposit(journal(article(), title_doi="10.5555/j")), registry)
    [title] = registry.all_titles()
    assert (title.title, title.owner, title.publisher) == ("Steppe River Notes", "10.5555", "Stand-in Press")
    assert (title.issns, title.doi) == ({"20493630": "print"}, "10.5555/j")


def test_one_of_several_titles_is_enough() -> None:
    registry = Registry()
    registry.put_title("Notes", "10.5555", "P", [("2049-3630", "print")])
    data = deposit(journal(article(), issns=f"<full_title>Notes</full_title>{ISSNS}"))
    assert statuses(processed(data, registry)) == ["Success"]


def test_a_refused_file_registers_nothing() -> None:
    registry = Registry()
    records = processed(deposit(article()).replace(b"<titles>", b"<x/><titles>"), registry)
    assert (statuses(records), records[0].pairs[0][0], registry.dois) == (["Failure"], "", {})


def test_verdicts_replace_the_rules() -> None:
    pair = Diagnosis(status="Success", pairs=(("10.5555/a", "possible preprint/vor pair"),))
    verdicts = {
        "10.5555/a": (Diagnosis(status="Success", pairs=(("10.5555/a", "Successfully added"),)), pair),
        "10.5555/b": (failure("10.5555/b", "can't submit into handle"),),
        "10.5555/c": (),
    }
    registry, job = Registry(), Job(account=ACCOUNT, submission=1, at=AT, verdicts=verdicts)
    articles = [article(f"10.5555/{letter}", page=letter) for letter in "ABCD"]
    records = process(deposit(*articles), job, registry).records
    assert [record.pairs[0] for record in records] == [
        ("10.5555/a", "Successfully added"),
        ("10.5555/a", "possible preprint/vor pair"),
        ("10.5555/b", "can't submit into handle"),
        ("10.5555/D", "Successfully added"),
    ]
    assert list(registry.dois) == ["10.5555/a", "10.5555/d"]


FILES = st.lists(
    st.tuples(st.integers(1, 5), st.lists(st.sampled_from(["10.5555/a", "10.5555/A", "10.5555/b"]), max_size=4)),
    max_size=6,
)


@given(FILES)
def test_held_version_is_the_greatest_that_was_accepted(files: list[tuple[int, list[str]]]) -> None:
    registry, held = Registry(), dict[str, int]()
    for timestamp, dois in files:
        articles = [article(doi, title=doi, page=doi[-1].lower()) for doi in dois]
        records = processed(deposit(journal(*articles), timestamp=timestamp), registry)
        assert len(records) == len(dois)
        for doi, record in zip(dois, records, strict=True):
            is_newer = timestamp > held.get(doi.lower(), 0)
            assert (record.status, record.pairs[0][0].lower()) == ("Success" if is_newer else "Failure", doi.lower())
            held[doi.lower()] = max(timestamp, held.get(doi.lower(), 0))
    assert {doi: record.newest.number for doi, record in registry.dois.items()} == held


def test_100_files_of_50_articles_take_a_few_seconds() -> None:
    registry, begin = Registry(), time.process_time()
    for file in range(100):
        articles = [article(f"10.5555/{file}.{number}", page=f"{file}.{number}") for number in range(50)]
        assert statuses(processed(deposit(*articles), registry)) == ["Success"] * 50
    assert len(registry.dois) == 5000
    assert time.process_time() - begin < 20
