"""Reading back: lists first, records only where needed, and nothing read is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from harvester import store
from harvester.answers import HeldRecord, ListedDoi
from harvester.errors import AgencyUnavailable, Stopped
from harvester.registration.readback import Readback
from harvester.store.store import Store
from tests.registration.samples import NOW

A, B, C = "10.5555/A", "10.5555/b", "10.6666/c"


class FakeCatalogue:
    """A catalogue of these DOIs, which breaks off after so many records."""

    def __init__(
        self, marks: dict[str, str], fails_after: int = 100, error: Exception | None = None, matched: int = 1
    ) -> None:
        self.marks, self.left, self.error = marks, fails_after, error or AgencyUnavailable("down")
        self.matched = matched
        self.read: list[str] = []
        self.places: list[tuple[str, date | None]] = []

    def listed(self, place: str, since: date | None = None) -> Iterator[ListedDoi]:
        self.places.append((place, since))
        for doi, mark in self.marks.items():
            if doi.startswith(place):
                yield ListedDoi(doi=doi, mark=mark, references=2, matched=self.matched)

    def record(self, doi: str) -> HeldRecord:
        if len(self.read) == self.left:
            raise self.error
        self.read.append(doi)
        return HeldRecord(doi=doi, version=7 if doi in self.marks else None)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store.connect(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


def readback(kept: Store, catalogue: FakeCatalogue) -> Readback:
    return Readback(kept, "crossref", "live", catalogue, lambda: NOW)


def test_only_what_looks_different_is_read_again(kept: Store):
    first = FakeCatalogue({A: "1", B: "1", C: "1"})
    found = readback(kept, first).refresh([A, B, C], by_list=True)
    assert first.places == [("10.5555", None), ("10.6666", None)]
    assert first.read == [A, B, C]
    assert {key: one.record.version for key, one in found.items()} == {A.lower(): 7, B: 7, C: 7}
    second = FakeCatalogue({A: "1", B: "2", C: "1"})
    assert set(readback(kept, second).refresh([A, B, C], by_list=True)) == {A.lower(), B, C}
    assert second.read == [B]


def test_what_no_list_has_is_read_each_time(kept: Store):
    for _ in range(2):
        catalogue = FakeCatalogue({})
        found = readback(kept, catalogue).refresh([A], by_list=True)
        assert (catalogue.read, found[A.lower()].record.version) == ([A], None)


def test_without_a_list_each_is_read(kept: Store):
    readback(kept, FakeCatalogue({A: "1"})).refresh([A], by_list=True)
    catalogue = FakeCatalogue({A: "1"})
    readback(kept, catalogue).refresh([A], by_list=False)
    assert (catalogue.places, catalogue.read) == ([], [A])


def test_new_matches_are_noted_without_reading(kept: Store):
    readback(kept, FakeCatalogue({A: "1"})).refresh([A], by_list=True)
    catalogue = FakeCatalogue({A: "1"}, matched=2)
    readback(kept, catalogue).refresh([A], by_list=True)
    assert catalogue.read == []
    assert kept.held_records.of_dois("crossref", "live", [A])[A.lower()].matched == 2


@pytest.mark.parametrize("error", [AgencyUnavailable("down"), Stopped("stopped")])
def test_what_was_read_before_an_end_stays(kept: Store, error: Exception):
    with pytest.raises(type(error)):
        readback(kept, FakeCatalogue({A: "1", B: "1"}, 1, error)).refresh([A, B], by_list=True)
    again = FakeCatalogue({A: "1", B: "1"})
    readback(kept, again).refresh([A, B], by_list=True)
    assert again.read == [B]
