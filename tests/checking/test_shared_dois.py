"""Records with one DOI are held back or only reported, until they differ."""

from __future__ import annotations

import sqlite3

from harvester.demo.lists import Record
from tests.providers.press import Press, article, both, doi, dois, name, now

BOTH = ("doi-duplicate", "doi-same-article")
COUNTED_BY_VIEW = """
SELECT source, sum(NOT held_back AND NOT deleted), sum(held_back), sum(deleted) FROM v_articles GROUP BY source
"""


def counts(press: Press) -> dict[str, tuple[int, int, int]]:
    """Ready, held back and deleted articles by source, as `status` and the view of the articles count them."""
    with press.bench.opened() as (_, store):
        status = {one.source: (one.ready, one.held_back, one.deleted) for one in store.status()}
    assert {source: (ready, held, gone) for source, ready, held, gone in rows(press, COUNTED_BY_VIEW)} == status
    return status


def rows(press: Press, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(press.bench.folder / "harvester.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def findings_in_view(press: Press) -> set[tuple[object, ...]]:
    """Identifier and code of the findings about duplicates in the view of the findings."""
    return set(rows(press, "SELECT identifier, code FROM v_findings WHERE code LIKE 'doi-duplicate%'"))


def test_two_records_of_one_source_with_one_doi_are_both_held_back(press: Press):
    press.correct(4, doi=doi(2).upper())
    press.harvest()
    assert press.said(*BOTH) == [("journal", "2"), ("journal", "4")]
    assert counts(press) == {"journal": (2, 2, 0)}
    assert findings_in_view(press) == {(name(2), "doi-duplicate"), (name(4), "doi-duplicate")}
    (second, fourth) = press.bench.check(codes=BOTH)
    assert f'"On lamps, part 4" ({name(4)})' in second.message
    assert f'"On lamps, part 2" ({name(2)})' in fourth.message
    assert dois(press.export()) == [doi(1), doi(3)]


def test_record_is_released_when_the_other_is_deleted(press: Press):
    press.correct(4, doi=doi(2))
    press.harvest()
    assert len(press.said(*BOTH)) == 2
    press.withdraw(4)
    press.harvest()
    assert press.said(*BOTH) == []
    assert counts(press) == {"journal": (3, 0, 1)}
    assert findings_in_view(press) == set()
    assert doi(2) in dois(press.export())


def test_records_are_released_when_one_gets_another_doi(press: Press):
    press.correct(4, doi=doi(2))
    press.harvest()
    assert len(press.said(*BOTH)) == 2
    press.correct(4)
    press.harvest()
    assert press.said(*BOTH) == []
    assert counts(press) == {"journal": (4, 0, 0)}


def test_record_deposited_before_it_was_a_duplicate_is_held_back_too(press: Press):
    press.harvest()
    press.export()
    press.correct(4, doi=doi(2))
    press.harvest()
    report = press.export()
    assert (report.files, report.unchanged) == ((), 2)
    assert {one.record for one in report.held_back} == {name(2), name(4)}


def test_equal_records_of_two_sources_are_not_held_back(press: Press):
    press.mirrored()
    press.harvest()
    assert len(press.said("doi-same-article")) == 6
    assert counts(press) == {"journal": (3, 0, 0), "mirror": (3, 0, 0)}
    press.mirror.put(press.mirror.records[0])
    press.correct(2, title={"en": "Another title"})
    press.harvest()
    assert press.said("doi-duplicate") == [("journal", "2"), ("mirror", "2")]
    assert counts(press) == {"journal": (2, 1, 0), "mirror": (2, 1, 0)}
    press.withdraw(2)
    press.harvest()
    assert press.said("doi-duplicate") == []
    assert sorted(press.said("doi-same-article")) == [(s, n) for s in ("journal", "mirror") for n in "13"]
    assert counts(press) == {"journal": (2, 0, 1), "mirror": (3, 0, 0)}


def test_record_whose_identifier_is_the_doi_of_another_is_found_by_its_own_name(press: Press):
    """Some repositories use the DOIs of their records as identifiers."""
    press.harvest()
    named = Record(identifier=doi(2), datestamp=now(), metadata=both(article(2)))
    press.repository.put(named)
    press.harvest()
    findings = press.bench.check(codes=["record-repeated"])
    assert [one.record for one in findings] == [named.identifier, name(2)]
    assert name(2) in findings[0].message
    assert "more" not in findings[0].message
