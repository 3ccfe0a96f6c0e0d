"""Long work stops between two steps, and the next run resumes there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from harvester import pipeline, report
from harvester.errors import Stopped
from harvester.mapping import rebuild
from harvester.system.stopping import Stop, until_stopped
from tests.providers.press import Press, press
from tests.workbench import NOW

ARTICLES = 6


@pytest.fixture
def lamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    """Harvested articles, which are rebuilt and exported two at a time."""
    monkeypatch.setattr(rebuild, "PAGE", 2)
    with press(tmp_path, ARTICLES) as made:
        made.configure(crossref="max_records = 2")
        made.harvest()
        yield made


def after(steps: int) -> Stop:
    """Requests a stop after that many checks."""
    checks = count()
    return lambda: next(checks) >= steps


def rebuilt(lamps: Press, **options: object) -> int:
    with lamps.bench.opened() as (config, store):
        return pipeline.rebuild(config, store, today=NOW.date().isoformat(), **options)  # type: ignore[arg-type]


def test_no_item_is_taken_after_a_stop():
    items = iter(range(5))
    with pytest.raises(Stopped):
        for _ in until_stopped(items, after(2)):
            pass
    assert list(until_stopped(items, after(9))) == [2, 3, 4]


def test_rebuilt_articles_are_not_rebuilt_again(lamps: Press):
    lamps.configure(source='name_order = "given-first"\n')
    with pytest.raises(Stopped):
        rebuilt(lamps, stop=after(2))
    assert rebuilt(lamps) == ARTICLES - 4
    assert rebuilt(lamps) == 0


def test_interrupted_remap_is_completed_by_any_command(lamps: Press):
    """The remap of all articles was interrupted; the next rebuild completes it."""
    with pytest.raises(Stopped):
        rebuilt(lamps, everything=True, stop=after(1))
    assert rebuilt(lamps) == ARTICLES - 2
    assert rebuilt(lamps, everything=True) == ARTICLES


def test_harvest_stopped_before_its_first_request(lamps: Press):
    lamps.configure(source='name_order = "given-first"\n')
    (run,) = lamps.bench.harvest(stop=after(2))
    assert (run.state, run.pages) == ("incomplete", 0)
    assert rebuilt(lamps) == ARTICLES - 2
    lamps.harvest()


def test_export_after_a_stopped_one_writes_the_rest(lamps: Press):
    with pytest.raises(Stopped, match="Stopped after 1 file with 2 records; the same command exports the others"):
        lamps.bench.export(stop=after(2))
    first = {name for name in lamps.files() if name.endswith(".xml")}
    assert len(first) == 1
    rest = lamps.export()
    assert sum(file.records for file in rest.files) == ARTICLES - 2
    assert not first & {Path(file.path).name for file in rest.files}


def test_report_can_be_stopped(lamps: Press):
    with lamps.bench.opened() as (config, store), pytest.raises(Stopped):
        report.gather(config, store, now=NOW, stop=after(1))
