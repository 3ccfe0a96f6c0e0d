"""Runs as pictures, with the same numbers as words."""

import re

from msgspec.structs import replace

from harvester.model import Window
from harvester.store import Split
from harvester.store.store import Store
from harvester.web.run_parts import SHOWN, last_runs, progress, spoken, strip
from tests.store.samples import NOW, WINDOW, begin


def test_strip_has_a_bar_for_each_run_and_says_how_many(opened: Store):
    for state in ("complete", "failed", "waiting"):
        run, _ = begin(opened)
        opened.runs.finish(run.id, "failed", NOW) if state != "waiting" else opened.runs.finish(run.id, "waiting", NOW)
    shown = strip(last_runs(opened, "wetlands", ["oai_dc"]))
    assert re.findall(r'class="run (\w+)"', shown) == ["bad", "bad", "wait"]
    assert "3 runs: 2 failed, 1 waiting" in shown
    assert 'aria-hidden="true"' in shown


def test_runs_that_are_alike_are_said_once(opened: Store):
    begin(opened)
    assert "1 run, under way" in strip(last_runs(opened, "wetlands", ["oai_dc"]))
    begin(opened)
    assert "2 runs, all under way" in strip(last_runs(opened, "wetlands", ["oai_dc"]))
    assert "no run yet" in strip(())


def test_last_runs_are_those_of_all_formats(opened: Store):
    for number in range(SHOWN + 5):
        opened.runs.begin("wetlands", ("jats", "oai_dc")[number % 2], "full", [WINDOW], NOW)
        opened.runs.begin("rivers", "jats", "full", [WINDOW], NOW)
    runs = last_runs(opened, "wetlands", ["jats", "oai_dc"])
    assert len(runs) == SHOWN
    assert [run.id for run in runs] == sorted(run.id for run in runs)
    assert runs[-1].id == 2 * (SHOWN + 5) - 1


def test_progress_is_known_if_the_provider_says_how_many_there_are(opened: Store):
    run, window = begin(opened)
    assert progress(run) == (0, None)
    assert spoken(run) == ""
    parts = (Window(prefix="oai_dc", until="2024-01-01"), Window(prefix="oai_dc", since="2024-01-02"))
    opened.apply(run.id, (Split(window.id, parts, 250),))
    split = opened.runs.get(run.id)
    split = replace(split, windows=tuple(replace(one, seen=30) for one in split.windows))
    assert progress(split) == (60, 250)  # the records of the whole list are those of its parts
    assert spoken(split) == "wetlands: 20 %"


def test_list_that_gives_more_than_it_announced_is_no_more_than_whole(opened: Store):
    run, _ = begin(opened)
    over = replace(run, windows=(replace(run.windows[0], seen=300, list_size=250),))
    assert spoken(over) == "wetlands: 100 %"
