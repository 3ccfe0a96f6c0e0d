"""A rebuild on all cores leaves what a rebuild in one process leaves, whatever becomes of the processes."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from threading import BoundedSemaphore
from typing import ClassVar

import pytest

from harvester import pipeline
from harvester.errors import Stopped
from harvester.mapping import ArticleMapper, pool, rebuild, source_mapper
from harvester.mapping.pool import MappingPool
from harvester.system.progress import Progress, watching
from tests.chaos.harvesting import state_of
from tests.demo.many import ISSNS
from tests.generated import JOURNAL, harvest_generated
from tests.mapping.samples import is_alive, soon
from tests.providers.press import Press
from tests.workbench import NOW, Workbench

pytestmark = pytest.mark.slow

RECORDS = 240
PAGE = 40
MINTING = JOURNAL + f'[journals."{ISSNS[0]}".doi]\npattern = "{{prefix}}/{{year}}.{{first_page}}"\nmint = true\n'


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harvest_generated(Workbench(tmp_path_factory.mktemp("harvested")), RECORDS, references=2).folder


class NotedPool(MappingPool):
    """A pool that notes its processes, and that they end with it."""

    made: ClassVar[list[NotedPool]] = []

    def __init__(self, mapper: ArticleMapper) -> None:
        super().__init__(mapper)
        self.pids: list[int] = []
        self.made.append(self)

    def close(self) -> None:
        self.pids = [process.pid for process in self._processes]
        super().close()
        assert not any(map(is_alive, self.pids))


@pytest.fixture(autouse=True)
def pools(monkeypatch: pytest.MonkeyPatch) -> list[NotedPool]:
    """The pools of the rebuilds. Each starts two processes at once."""
    monkeypatch.setattr(NotedPool, "made", [])
    monkeypatch.setattr(source_mapper, "MappingPool", NotedPool)
    monkeypatch.setattr(rebuild, "PAGE", PAGE)
    monkeypatch.setattr(pool, "BYTES_ALONE", 0)
    monkeypatch.setattr(pool, "_free", BoundedSemaphore(2))
    return NotedPool.made


def copy(harvested: Path, folder: Path, more: str = JOURNAL) -> Workbench:
    """The same store, with a configuration that maps its records to other articles."""
    shutil.copytree(harvested, folder)
    bench = Workbench(folder)
    bench.configure("http://127.0.0.1/oai", ["jats"], prefixes=["10.6666"], more=more)
    return bench


def rebuilt(bench: Workbench, see: Callable[[int], None] | None = None, **options: object) -> int:
    """How many articles were rebuilt; `see` is called with the number of those done, while it runs."""

    def watch(step: Progress) -> None:
        if see and step.done:
            see(step.done)

    with bench.opened() as (config, store), watching(watch):
        return pipeline.rebuild(config, store, today=NOW.date().isoformat(), **options)  # type: ignore[arg-type]


def state(bench: Workbench) -> dict[str, object]:
    with bench.opened() as (_, store):
        return state_of(store)


@pytest.fixture(scope="module")
def alone(harvested: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a rebuild in one process leaves."""
    bench = copy(harvested, tmp_path_factory.mktemp("alone") / "copy")
    before = state(bench)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NotedPool, "made", [])
        patch.setattr(source_mapper, "MappingPool", NotedPool)
        patch.setattr(pool, "BYTES_ALONE", 10**9)
        assert rebuilt(bench) == RECORDS
        assert NotedPool.made[-1].pids == []
    assert state(bench) != before
    return state(bench)


def test_it_is_that_of_one_process_record_by_record(harvested, tmp_path, alone, pools):
    bench = copy(harvested, tmp_path / "shared")
    shown: list[int] = []
    assert rebuilt(bench, shown.append) == RECORDS
    assert state(bench) == alone
    assert shown == list(range(PAGE, RECORDS + 1, PAGE))
    assert len(pools[-1].pids) == 2


@pytest.mark.parametrize("killed", [1, 2])
def test_killed_processes_cost_nothing(harvested, tmp_path, alone, pools, killed):
    def kill(done: int) -> None:
        if done == PAGE:
            assert soon(lambda: len(pools[-1]._processes) == 2)
            for process in pools[-1]._processes[:killed]:
                os.kill(process.pid, signal.SIGKILL)

    bench = copy(harvested, tmp_path / "killed")
    assert rebuilt(bench, kill) == RECORDS
    assert state(bench) == alone


def test_after_a_stop_the_next_rebuild_does_the_rest(harvested, tmp_path, alone, pools):
    bench, looks = copy(harvested, tmp_path / "stopped"), count()
    with pytest.raises(Stopped):
        rebuilt(bench, stop=lambda: next(looks) >= 3)
    assert pools[-1].pids
    assert rebuilt(bench) == RECORDS - 3 * PAGE
    assert state(bench) == alone


def test_an_error_ends_the_processes(harvested, tmp_path, pools):
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuilt(copy(harvested, tmp_path / "interrupted"), fail)
    assert pools[-1].pids


def test_a_source_whose_journals_mint_dois_is_mapped_in_one_process(harvested, tmp_path, pools):
    bench = copy(harvested, tmp_path / "minting", MINTING)
    assert rebuilt(bench) == RECORDS
    assert pools[-1].pids == []


def test_what_a_harvest_stores_meanwhile_is_not_overwritten(press: Press, monkeypatch: pytest.MonkeyPatch):
    press.harvest()
    rebuild_pages = source_mapper.SourceMapper.rebuild
    corrected: list[str] = []

    def slow(mapper: source_mapper.SourceMapper, pages: Iterable[Sequence[str]]) -> Iterator[object]:
        """The records are read and mapped; then, before the articles are stored, a harvest stores a correction."""
        mapped = list(rebuild_pages(mapper, pages))
        if mapped and not corrected:
            corrected.append("On lamps, corrected")
            press.correct(1, title={"en": corrected[0]})
            press.harvest()
        return iter(mapped)

    monkeypatch.setattr(source_mapper.SourceMapper, "rebuild", slow)
    press.configure("volume_labels = ['Tome']\n")
    press.bench.check()
    article = press.one(1).article
    assert article is not None
    assert article.titles[0].text == (corrected[0],)
