"""Long work hears a stop between two steps, and goes on there the next time."""

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
    """Articles that have been harvested, and two that are mapped at a time."""
    monkeypatch.setattr(rebuild, "PAGE", 2)
    with press(tmp_path, ARTICLES) as made:
        made.configure(crossref="max_records = 2")
        made.harvest()
        yield made


def after(steps: int) -> Stop:
    """Asks to stop at the look behind so many."""
    looks = count()
    return lambda: next(looks) >= steps


def made_again(lamps: Press, **options: object) -> int:
    with lamps.bench.opened() as (config, store):
        return pipeline.rebuild(config, store, today=NOW.date().isoformat(), **options)  # type: ignore[arg-type]


def test_nothing_is_looked_for_behind_a_stop():
    looked_for = iter(range(5))
    with pytest.raises(Stopped):
        for _ in until_stopped(looked_for, after(2)):
            pass
    assert list(until_stopped(looked_for, after(9))) == [2, 3, 4]


def test_what_was_made_again_is_not_made_twice(lamps: Press):
    lamps.configure(source='name_order = "given-first"\n')
    with pytest.raises(Stopped):
        made_again(lamps, stop=after(2))
    assert made_again(lamps) == ARTICLES - 4
    assert made_again(lamps) == 0


def test_remap_goes_on_with_any_command(lamps: Press):
    """It was asked for everything, and gets there."""
    with pytest.raises(Stopped):
        made_again(lamps, everything=True, stop=after(1))
    assert made_again(lamps) == ARTICLES - 2
    assert made_again(lamps, everything=True) == ARTICLES


def test_a_harvest_that_is_stopped_before_its_first_request(lamps: Press):
    lamps.configure(source='name_order = "given-first"\n')
    (said,) = lamps.bench.harvest(stop=after(2))
    assert (said.state, said.pages) == ("incomplete", 0)
    assert made_again(lamps) == ARTICLES - 2
    lamps.harvest()


def test_an_export_that_is_stopped_writes_the_rest_the_next_time(lamps: Press):
    with pytest.raises(Stopped):
        lamps.bench.export(stop=after(3))
    first = {name for name in lamps.files() if name.endswith(".xml")}
    assert len(first) == 1
    rest = lamps.export()
    assert sum(file.records for file in rest.files) == ARTICLES - 2
    assert not first & {Path(file.path).name for file in rest.files}


def test_a_report_that_is_stopped(lamps: Press):
    with lamps.bench.opened() as (config, store), pytest.raises(Stopped):
        report.gather(config, store, now=NOW, stop=after(1))
