"""Runs in words and pictures, for all pages that show some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from harvester.counting import counted
from harvester.markup import Html, tag
from harvester.store import Run, RunChoice, RunRow, Store
from harvester.web import parts

# Each state in words, in the order in which they are counted and shown.
STATES: dict[str, tuple[parts.Tone, str]] = {
    "running": ("wait", "under way"),
    "failed": ("bad", "failed"),
    "incomplete": ("look", "incomplete"),
    "waiting": ("wait", "waiting"),
    "complete": ("good", "complete"),
}
KINDS = {"full": "whole list", "incremental": "changes", "range": "range of dates", "reconcile": "comparison"}
SHOWN = 30  # runs in a strip
_STEP, _HEIGHT, _LOW = 8, 20, 12  # the bars of a strip; those of runs that need no look are low


def run_state(run: RunRow) -> Html:
    """The state of a run as sign and words."""
    return parts.state(*STATES[run.state])


def last_runs(store: Store, name: str, formats: Iterable[str], limit: int = SHOWN) -> tuple[RunRow, ...]:
    """The last runs of a source, oldest first. Each format is a short way through an index."""
    found = [run for prefix in formats for run in store.runs.find(RunChoice(source=name, prefix=prefix), limit=limit)]
    return tuple(sorted(found, key=lambda run: run.id)[-limit:])


def strip(runs: Sequence[RunRow]) -> Html:
    """The runs as a row of bars, oldest first, and the same in numbers."""
    if not runs:
        return tag("span", "no run yet", class_="soft")
    words = _words(runs)
    bars = [_bar(number, run) for number, run in enumerate(runs)]
    width = _STEP * len(runs)
    picture = tag(
        "svg",
        bars,
        class_="strip",
        viewBox=f"0 0 {width} {_HEIGHT}",
        width=width,
        height=_HEIGHT,
        aria_hidden="true",
    )
    return tag("span", picture, tag("span", words, class_="soft"), class_="stripped")


def _bar(number: int, run: RunRow) -> Html:
    tone, _ = STATES[run.state]
    height = _LOW if tone == "good" else _HEIGHT
    return tag(
        "rect", x=number * _STEP, y=_HEIGHT - height, width=_STEP - 2, height=height, rx="1.5", class_=f"run {tone}"
    )


def _words(runs: Sequence[RunRow]) -> str:
    numbers: Counter[str] = Counter(run.state for run in runs)
    states = [f"{numbers[state]} {words}" for state, (_, words) in STATES.items() if numbers[state]]
    if len(states) == 1:
        all_ = "all " if len(runs) > 1 else ""
        return f"{counted(len(runs), 'run')}, {all_}{STATES[runs[0].state][1]}"
    return f"{counted(len(runs), 'run')}: {', '.join(states)}"


def progress(run: Run) -> tuple[int, int | None]:
    """How many records a run has seen, and how many there are, if the provider says it for every list."""
    seen = sum(window.seen for window in run.windows if window.state != "split")
    sizes = [window.list_size for window in run.windows if window.parent is None]
    total = sum(size for size in sizes if size is not None)
    return seen, total if sizes and None not in sizes else None


def spoken(run: Run) -> str:
    """How far a run is, for screen readers: it changes at each tenth only."""
    seen, total = progress(run)
    return f"{run.source}: {min(10, 10 * seen // total) * 10} %" if total else ""
