"""Which run is done, from what the store knows of earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from harvester import store as stores
from harvester.config import Source, load
from harvester.harvesting.run_choice import Request, RunChoice
from harvester.model import RawRecord, Token, Window
from harvester.store import Advance, Close, PageToSave, RecordToSave, Run, Store
from tests.harvesting.by_hand import IDENTITY
from tests.store import samples
from tests.workbench import NOW, Workbench

BEGAN = "2026-11-24T12:00:00Z"  # by the provider's clock
SECONDS = replace(IDENTITY, granularity="second")
IN_FULL = Request(full=True)
RAW = RawRecord(identifier="a", datestamp="2024-01-01", payload=b"<record/>")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    with stores.connect(samples.url(tmp_path)) as store:
        yield store


def source(folder: Path, settings: str = "", formats: tuple[str, ...] = ("oai_dc",)) -> Source:
    bench = Workbench(folder)
    bench.configure("https://river.example.org/oai", list(formats), prefixes=["10.5555"], more=settings)
    return load(bench.path).sources["journal"]


def choice(store: Store, of: Source, request: Request = Request(), now: datetime = NOW) -> RunChoice:  # noqa: B008
    return RunChoice(store, of, request, lambda: now)


def done(store: Store, run: Run, state: Any = "complete", *, pages: int = 1, is_empty: bool = False) -> None:
    """The run got so many pages, with a record unless they are empty, and ended."""
    for number in range(pages):
        last = state == "complete" and number == pages - 1
        moves = [Advance(one.id, None if last else Token("next"), 1) for one in run.windows]
        records = () if is_empty else (RecordToSave(RAW, "new"),)
        store.apply(run.id, moves, PageToSave(records=records, response_date=BEGAN))
    store.runs.finish(run.id, state, NOW)


def asked(run: Run) -> list[tuple[str | None, str | None]]:
    return [(one.window.set_spec, one.window.since) for one in run.windows]


def test_the_first_run_asks_for_everything_and_the_next_for_what_is_new(opened: Store, tmp_path: Path):
    runs = choice(opened, source(tmp_path))
    first = runs.next_run(IDENTITY, "oai_dc")
    assert (first.kind, asked(first)) == ("full", [(None, None)])
    done(opened, first)
    second = runs.next_run(IDENTITY, "oai_dc")
    assert (second.kind, asked(second)) == ("incremental", [(None, "2026-11-24")])


def test_everything_is_asked_for_as_long_as_nothing_ever_came(opened: Store, tmp_path: Path):
    """A set may be missing in the configuration, or an index is filled later, with old datestamps."""
    runs = choice(opened, source(tmp_path))
    for _ in range(2):
        run = runs.next_run(IDENTITY, "oai_dc")
        assert run.kind == "full"
        done(opened, run, is_empty=True)
    done(opened, runs.next_run(IDENTITY, "oai_dc"))
    assert runs.next_run(IDENTITY, "oai_dc").kind == "incremental"


def test_overlap_and_midnight_datestamps_move_the_start_back(opened: Store, tmp_path: Path):
    runs = choice(opened, source(tmp_path, "overlap = 3600\n"))
    done(opened, runs.next_run(SECONDS, "oai_dc"))
    assert asked(runs.next_run(SECONDS, "oai_dc")) == [(None, "2026-11-23T11:00:00Z")]


@pytest.mark.parametrize("state", ["incomplete", "waiting", "failed"])
def test_an_interrupted_run_resumes(opened: Store, tmp_path: Path, state: str):
    runs = choice(opened, source(tmp_path))
    first = runs.next_run(IDENTITY, "oai_dc")
    done(opened, first, state)
    again = runs.next_run(IDENTITY, "oai_dc")
    assert (again.id, again.state, again.windows[0].token) == (first.id, "running", Token("next"))


@pytest.mark.parametrize(
    ("request_", "settings", "kind"), [(IN_FULL, "", "full"), (Request(), 'sets = ["a"]\n', "full")]
)
def test_an_interrupted_run_that_asked_for_something_else_is_given_up(
    opened: Store, tmp_path: Path, request_: Request, settings: str, kind: str
):
    first = choice(opened, source(tmp_path)).next_run(IDENTITY, "oai_dc")
    done(opened, first, "incomplete")
    other = choice(opened, source(tmp_path, settings), request_).next_run(IDENTITY, "oai_dc")
    assert (other.id != first.id, other.kind) == (True, kind)
    assert opened.runs.get(first.id).state == "failed"


def test_a_range_is_asked_for_as_said_beside_an_interrupted_run(opened: Store, tmp_path: Path):
    first = choice(opened, source(tmp_path)).next_run(IDENTITY, "oai_dc")
    done(opened, first, "incomplete")
    part = choice(opened, source(tmp_path), Request(since="2020-01-01", until="2020-02-01")).next_run(
        IDENTITY, "oai_dc"
    )
    (window,) = part.windows
    assert (part.kind, window.window) == ("range", Window(prefix="oai_dc", since="2020-01-01", until="2020-02-01"))
    assert opened.runs.get(first.id).state == "incomplete"


def test_what_changed_since_is_added_where_only_windows_of_the_past_are_left(opened: Store, tmp_path: Path):
    runs = choice(opened, source(tmp_path))
    first = runs.next_run(IDENTITY, "oai_dc")
    done(opened, first, "incomplete")
    opened.apply(first.id, [Close(first.windows[0].id, 1)])
    same_day = choice(opened, source(tmp_path), now=NOW + timedelta(seconds=90))
    assert len(same_day.next_run(IDENTITY, "oai_dc").windows) == 1
    later = choice(opened, source(tmp_path), now=NOW + timedelta(days=1)).next_run(IDENTITY, "oai_dc")
    assert asked(later) == [(None, None), (None, "2026-11-24")]


def test_a_full_run_that_failed_is_still_owed(opened: Store, tmp_path: Path):
    done(opened, choice(opened, source(tmp_path)).next_run(IDENTITY, "oai_dc"))
    full = choice(opened, source(tmp_path), IN_FULL).next_run(IDENTITY, "oai_dc")
    done(opened, full, "failed", pages=0)
    assert choice(opened, source(tmp_path)).next_run(IDENTITY, "oai_dc").kind == "full"


@pytest.mark.parametrize(("sets", "kind"), [('["a"]', "incremental"), ('["a", "c"]', "full"), ("[]", "full")])
def test_sets_that_no_run_has_seen_are_asked_for_in_full(opened: Store, tmp_path: Path, sets: str, kind: str):
    done(opened, choice(opened, source(tmp_path, 'sets = ["a", "b"]\n')).next_run(IDENTITY, "oai_dc"))
    assert choice(opened, source(tmp_path, f"sets = {sets}\n")).next_run(IDENTITY, "oai_dc").kind == kind


def test_another_address_owes_everything_in_every_format_that_was_ever_harvested(opened: Store, tmp_path: Path):
    for prefix in ("oai_dc", "jats"):
        done(opened, choice(opened, source(tmp_path)).next_run(IDENTITY, prefix))
    runs = choice(opened, source(tmp_path))
    runs.owe_everything()
    assert {run.kind for run in (runs.next_run(IDENTITY, "oai_dc"), runs.next_run(IDENTITY, "jats"))} == {"full"}


class TestAnAttemptWithoutAnAnswer:
    def test_belongs_to_the_run_that_it_would_have_resumed(self, opened: Store, tmp_path: Path):
        runs = choice(opened, source(tmp_path))
        first = runs.next_run(IDENTITY, "oai_dc")
        done(opened, first, "incomplete")
        assert runs.unanswered_run("oai_dc").id == first.id

    @pytest.mark.parametrize(
        ("request_", "kind"),
        [(Request(), "incremental"), (IN_FULL, "full"), (Request(since="2020-01-01"), "range")],
    )
    def test_is_a_run_without_windows_after_a_complete_one(
        self, opened: Store, tmp_path: Path, request_: Request, kind: str
    ):
        done(opened, choice(opened, source(tmp_path)).next_run(IDENTITY, "oai_dc"))
        run = choice(opened, source(tmp_path), request_).unanswered_run("oai_dc")
        assert (run.kind, run.windows) == (kind, ())

    def test_is_a_full_run_where_there_was_none(self, opened: Store, tmp_path: Path):
        assert choice(opened, source(tmp_path)).unanswered_run("oai_dc").kind == "full"
