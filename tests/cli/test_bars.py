from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress as RichProgress

from harvester.cli.bars import Bars, figures
from harvester.system.progress import Progress


def figures_of(*, seconds: float, done: int | None, total: int | None) -> list[str]:
    """The figures of a task that has run evenly for that long."""
    clock = [0.0]
    bars = RichProgress(get_time=lambda: clock[0], disable=True)
    task = bars.add_task("", total=total, counted=done is not None)
    for part in range(1, 5):
        clock[0] = seconds * part / 4
        bars.update(task, completed=(done or 0) * part / 4)
    return figures(bars.tasks[0])


@pytest.mark.parametrize(
    ("seconds", "done", "total", "shown"),
    [
        (10, 5000, 20000, ["5,000 of 20,000", "500/s", "0:00:30 left"]),
        (100, 25, 100, ["25 of 100", "15/min", "0:05:00 left"]),
        (10, 5000, None, ["5,000", "500/s", "0:00:10"]),
        (75, None, None, ["0:01:15"]),
        (75, 0, 40, ["0 of 40", "0:01:15"]),
    ],
)
def test_figures(seconds, done, total, shown):
    assert figures_of(seconds=seconds, done=done, total=total) == shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_row_fits(width):
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system=None)
    bars = Bars(console)
    bars.show(Progress("a-source-with-a-long-name-of-sixty-four-letters (marcxml_full)", 19_000, 20_000))
    bars.show(Progress("", pause="retrying in 12 s (2 of 5): " + "long " * 40))
    with console.capture() as capture:
        console.print(bars.get_renderable())
    row, pause = capture.get().rstrip().splitlines()
    assert len(row) <= width
    assert len(pause) <= width
    assert "19,000" in row
    assert pause.startswith("  retrying in 12 s (2 of 5):")


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (80, "20 of 20,000"),
        (50, "counting what articles have"),
    ],
)
def test_a_narrow_terminal_shows_the_name_rather_than_the_rate(width, row):
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system=None)
    with Bars(console) as bars:
        for done in (0, 10, 20):
            bars.show(Progress("counting what articles have", done, 20_000))
        bars.refresh()
    assert row in stream.getvalue()
