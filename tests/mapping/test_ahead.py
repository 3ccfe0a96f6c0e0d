"""Articles made in other processes are those made in this one, whatever becomes of the processes."""

import os
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from harvester.article_rows import MappedArticle
from harvester.mapping import ArticleMapper
from harvester.mapping.ahead import CHUNK, FULL_PAGES, LONG, MUCH, Ahead
from harvester.model import Hints, Policy, RawRecord
from tests.chaos.harvesting import bench, harvest
from tests.demo.many import many
from tests.providers.truth import Truth, broken

pytestmark = pytest.mark.slow

MAKER = ArticleMapper(Hints(name_order="family-first"), Policy(today="2026-01-01", doi_prefixes=("10.5555",)))
RAWS = [
    RawRecord(
        identifier=record.identifier,
        datestamp="2020-01-01",
        payload=record.metadata[prefix],
        original=b"page" * 1000,
        repairs=("bytes",) if number % 2 else (),
    )
    for prefix in ("oai_dc", "jats")
    for number, record in enumerate(many(3 * CHUNK, seed=len(prefix)))
]
ODD = [
    RawRecord(identifier="not XML", datestamp="2020-01-01", payload=b"<a>"),
    RawRecord(identifier="a stranger", datestamp="never", payload=b"<a/>"),
]


def made_here(raws: list[RawRecord]) -> dict[str, MappedArticle]:
    made = MAKER.make([{"any": raw} for raw in raws])
    return {raw.identifier: one for raw, one in zip(raws, made, strict=True)}


@pytest.fixture
def ahead():
    with closing(Ahead(MAKER, processes=2)) as ahead:
        for _ in range(FULL_PAGES):
            ahead.saw(MUCH)
        wait_for_workers(ahead)
        assert ahead.is_due
        yield ahead


def wait_for_workers(ahead: Ahead) -> None:
    assert ahead._workers is not None
    until = time.monotonic() + 20
    while not ahead._workers.ready and time.monotonic() < until:
        time.sleep(0.01)


def begin(ahead: Ahead, raws: list[RawRecord]) -> None:
    ahead.begin(raws, lambda chunk: ({"any": raw} for raw in chunk))


def pids(ahead: Ahead) -> list[int]:
    assert ahead._workers is not None
    return ahead._workers.pids()


def test_the_same_articles(ahead):
    begin(ahead, RAWS + ODD)
    assert ahead.take(RAWS + ODD) == made_here(RAWS + ODD)


def test_what_was_not_asked_for_is_left_out_and_given_once(ahead):
    begin(ahead, RAWS)
    assert ahead.take(RAWS[5:7]) == made_here(RAWS[5:7])
    assert ahead.take(RAWS[5:7]) == {}


def test_pages_are_taken_in_any_order(ahead):
    begin(ahead, RAWS[:30])
    begin(ahead, RAWS[30:])
    assert ahead.take(RAWS[30:]) == made_here(RAWS[30:])
    assert ahead.take(RAWS[:30]) == made_here(RAWS[:30])


def test_a_process_that_dies_costs_nothing(ahead):
    begin(ahead, RAWS)
    for pid in pids(ahead):
        os.kill(pid, signal.SIGKILL)
    assert ahead.take(RAWS) == made_here(RAWS)
    assert not ahead.is_due
    begin(ahead, RAWS)
    assert ahead.take(RAWS) == {}


def test_processes_end_with_it(ahead):
    running = pids(ahead)
    begin(ahead, RAWS)
    ahead.close()
    for pid in running:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_half_a_character_is_no_reason_to_stop(ahead):
    broken = RawRecord(identifier="half \ud800", datestamp="2020-01-01", payload=b"<a/>")
    begin(ahead, [broken])
    assert ahead.take([broken]) == made_here([broken])
    begin(ahead, RAWS)
    assert ahead.take(RAWS) == made_here(RAWS)


def test_small_pages_start_no_process():
    with closing(Ahead(MAKER, processes=2)) as ahead:
        for records in (MUCH, MUCH - 1, MUCH, 0):
            ahead.saw(records)
            begin(ahead, RAWS)
            assert not ahead.is_due
            assert ahead.take(RAWS) == {}
        assert ahead._workers is None


def test_a_list_that_announces_much_is_believed():
    with closing(Ahead(MAKER, processes=2)) as ahead:
        ahead.expect(MUCH - 1, LONG)
        ahead.expect(MUCH, LONG - 1)
        assert ahead._workers is None
        for _ in range(2):
            ahead.expect(MUCH, LONG)
        wait_for_workers(ahead)
        assert not ahead.is_due  # before a page has shown that there is much to be mapped
        ahead.saw(MUCH)
        assert ahead.is_due


@pytest.mark.parametrize(("parallel", "started"), [(1, []), (2, ["before"])])
def test_they_are_ready_before_a_list_of_everything_that_is_asked_for_in_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parallel: int, started: list[str]
):
    seen: list[str] = []
    with broken(Truth()) as (script, server):
        monkeypatch.setattr(Ahead, "start", lambda _: seen.append("later" if script.count else "before"))
        made = bench(tmp_path, server.url, settings=f"parallel = {parallel}\n")
        harvest(made)
        assert seen == started
        harvest(made)  # of what is new
        assert seen == started
        harvest(made, full=True)
    assert len(seen) == 2 * len(started)
