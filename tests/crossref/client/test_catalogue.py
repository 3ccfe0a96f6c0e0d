"""The lists of Crossref as values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from harvester.crossref.client.catalogue import Catalogue, listed_doi
from harvester.crossref.client.works import Held

MOMENT = {"date-time": "2026-01-02T03:04:05Z", "timestamp": 1767323045000}
ITEM: dict[str, Any] = {
    "DOI": "10.5555/a",
    "deposited": MOMENT,
    "created": {"date-time": "2026-01-02T03:04:05Z"},
    "prefix": "10.5555",
    "title": ["Lamps"],
    "references-count": 2,
    "reference": [{"DOI": "10.1/a", "doi-asserted-by": "crossref"}, {"doi-asserted-by": "publisher"}],
}  # fmt: skip


class FakeReader:
    """A reader that remembers what was asked for."""

    def __init__(self, held: Held | None = None) -> None:
        self.calls: list[tuple[str, str, object]] = []
        self._held = held

    def works_of_prefix(self, prefix: str, since: object) -> list[dict[str, Any]]:
        self.calls.append(("prefix", prefix, since))
        return [ITEM, {"title": ["without a DOI"]}]

    def works_of_journal(self, issn: str, since: object) -> list[dict[str, Any]]:
        self.calls.append(("journal", issn, since))
        return []

    def held(self, doi: str) -> Held | None:
        return self._held


def test_a_listed_work_has_its_dates_owner_and_matches():
    one = listed_doi(ITEM)
    assert one is not None
    assert (one.doi, one.owner, one.references, one.matched) == ("10.5555/a", "10.5555", 2, 1)
    assert one.created == one.updated == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_mark_changes_with_every_fact_but_the_matches():
    mark = listed_doi(ITEM).mark  # type: ignore[union-attr]
    assert listed_doi({**ITEM, "reference": []}).mark == mark  # type: ignore[union-attr]
    for change in ({"title": ["Candles"]}, {"deposited": {"timestamp": 5}}, {"volume": "1"}, {"references-count": 3}):
        assert listed_doi({**ITEM, **change}).mark != mark  # type: ignore[union-attr]


@pytest.mark.parametrize("doi", [None, "", 5, ["10.5555/a"]])
def test_what_has_no_doi_is_left_out(doi: object):
    assert listed_doi({**ITEM, "DOI": doi}) is None


@pytest.mark.parametrize("value", [None, "2026", {"timestamp": 10**30}, {"date-time": "soon"}, {}])
def test_a_strange_date_is_none(value: object):
    one = listed_doi({**ITEM, "created": value})
    assert one is not None
    assert one.created is None


def test_an_issn_is_the_list_of_a_journal_and_all_else_that_of_a_prefix():
    reader = FakeReader()
    catalogue = Catalogue(reader)  # type: ignore[arg-type]
    assert [one.doi for one in catalogue.listed("10.5555")] == ["10.5555/a"]
    assert list(catalogue.listed("2049-3630")) == []
    assert reader.calls == [("prefix", "10.5555", None), ("journal", "2049-3630", None)]


def test_a_doi_that_is_not_there_has_no_version():
    assert Catalogue(FakeReader()).record("10.5555/a").version is None  # type: ignore[arg-type]
    found = Catalogue(FakeReader(Held(doi="10.5555/a", version=7, owner_prefix="10.5555"))).record("10.5555/A")  # type: ignore[arg-type]
    assert (found.doi, found.version, found.owner, found.facts) == ("10.5555/a", 7, "10.5555", {})
