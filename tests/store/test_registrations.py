"""DOIs at the agency, what is pending because of them, and versions that are above a floor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from harvester import store
from harvester.store import BatchMember
from harvester.store.store import Store
from tests.store.samples import NOW, article_to_save, fill
from tests.store.test_submissions import FIRST, adopted, registration, write

DOIS = [f"10.5555/Reeds.{number}" for number in (1, 2, 3)]


@pytest.fixture
def opened(url: str) -> Iterator[Store]:
    """A store whose three articles are in one written file."""
    with store.connect(url) as one:
        fill(one, *(article_to_save(number) for number in range(1, 4)))
        members = [
            BatchMember(each.id, each.doi or "", each.fingerprint or "") for each in one.ready.pending("crossref")
        ]
        one.ledger.plan("crossref", "b1", FIRST, "5.5.0", members, NOW)
        one.ledger.mark_exported("b1", "/exports/b1.xml", "00" * 32, 10, NOW)
        yield one


def pending(opened: Store, **options: object) -> list[str | None]:
    return [one.doi for one in opened.ready.pending("crossref", system="live", now=NOW, **options)]  # type: ignore[arg-type]


def test_what_is_due_again_is_pending_until_it_is_in_a_new_file(opened: Store):
    (file,) = adopted(opened)
    later = NOW + timedelta(hours=1)
    states = (registration(DOIS[0], file, state="refused", due=NOW, settings="x"),
              registration(DOIS[1], file, state="refused", due=later))  # fmt: skip
    opened.registrations.save(states)
    assert pending(opened) == [DOIS[0]]
    write(opened, 2, DOIS[0])
    assert pending(opened) == [] or pending(opened) == [DOIS[0]]  # the fingerprint of that file is another one
    found = opened.registrations.of_dois("crossref", "live", [DOIS[0].lower()])
    (one,) = found.values()
    assert (one.due, one.settings, one.state) == (None, None, "refused")


def test_a_doi_in_flight_is_not_pending(opened: Store):
    (file,) = adopted(opened)
    opened.registrations.save([registration(DOIS[0], file), registration(DOIS[1], file, state="uncertain")])
    assert pending(opened, everything=True, waits=True) == [DOIS[2]]
    assert pending(opened, everything=True) == DOIS


def test_rows_of_every_doi(opened: Store):
    (file,) = adopted(opened)
    opened.registrations.save([
        registration(DOIS[0], file, state="registered", held=FIRST, held_since=NOW),
        registration("10.5555/x", file, state="registered_with_conflict", conflict_id="7"),
    ])  # fmt: skip
    rows = {row.doi: row for row in opened.registrations.rows("crossref", "live")}
    assert set(rows) == {*DOIS, "10.5555/x"}
    first, second = rows[DOIS[0]], rows[DOIS[1]]
    assert (first.state, first.file, first.held_file, first.timestamp) == (
        "registered", "/exports/b1.xml", "/exports/b1.xml", str(FIRST),
    )  # fmt: skip
    assert (second.state, second.file, second.file_state) == ("never_sent", "/exports/b1.xml", "written")
    assert [row.doi for row in opened.registrations.rows("crossref", "live", [DOIS[0].upper()])] == [DOIS[0]]
    assert {row.state for row in opened.registrations.rows("crossref", "test")} == {"never_sent"}
    assert opened.registrations.counts("crossref", "live") == {"registered": 1, "registered_with_conflict": 1}
    assert [one.doi for one in opened.registrations.in_conflict("crossref", "live", ["7"])] == ["10.5555/x"]
    assert opened.registrations.in_conflict("crossref", "live", []) == []
    with opened.overview() as overview:
        assert overview.registrations("crossref", "live") == {"registered": 1, "registered_with_conflict": 1}


def test_a_raised_timestamp_is_a_floor_and_never_the_last_one(opened: Store):
    write(opened, 2, DOIS[0], raised=True, timestamp=10**18)
    assert opened.ledger.last_timestamp() == FIRST
    assert opened.registrations.floors("crossref", "live", DOIS) == {DOIS[0].lower(): 10**18}
    third = opened.ledger.plan("crossref", "b3", 10**18, "5.5.0", [], NOW, raised=True)
    assert third == 10**18 + 1


def test_floors_only_rise(opened: Store):
    (file,) = adopted(opened)
    for version in (5, 2**70, 7):
        opened.submissions.save(file, floors={DOIS[0].lower(): version})
    assert opened.registrations.floors("crossref", "live", DOIS) == {DOIS[0].lower(): 2**70}
    assert opened.registrations.floors("crossref", "test", DOIS) == {}


def test_states_add_up_and_each_has_its_keys(opened: Store):
    (file,) = adopted(opened)
    fill(opened, article_to_save(4), article_to_save(5))
    opened.deposits.mark_held("crossref", "live", ["10.5555/Reeds.5", "10.5555/of-no-article"], NOW)
    opened.deposits.mark_held("crossref", "test", ["10.5555/of-the-test-system"], NOW)
    states = [registration(DOIS[0], file, state="refused", kind="other"), registration(DOIS[1], file)]
    opened.registrations.save(states)
    numbers = opened.registrations.numbers("crossref", "live")
    assert numbers == {"refused": 1, "waiting": 1, "elsewhere": 2, "never_sent": 2}
    every = opened.registrations.keys("crossref", "live")
    by_state = {state: opened.registrations.keys("crossref", "live", state) for state in numbers}
    assert {state: len(keys) for state, keys in by_state.items()} == numbers
    assert sorted(key for keys in by_state.values() for key in keys) == every
    assert {row.doi.lower(): row.state for row in opened.registrations.rows("crossref", "live")} == {
        key: state for state, keys in by_state.items() for key in keys
    }


def test_keys_are_read_page_by_page(opened: Store):
    (file,) = adopted(opened)
    opened.registrations.save([registration(doi, file, state="refused", kind="other") for doi in DOIS])
    for state, kind in ((None, None), ("refused", None), ("refused", "other"), (None, "other")):
        first = opened.registrations.keys("crossref", "live", state, kind, limit=2)
        rest = opened.registrations.keys("crossref", "live", state, kind, after=first[-1])
        assert [*first, *rest] == [doi.lower() for doi in DOIS]
    assert opened.registrations.kinds("crossref", "live", "refused") == {"other": 3}
    assert opened.registrations.keys("crossref", "live", "refused", "none") == []
    assert opened.registrations.keys("crossref", "test", "refused") == []
