"""What a terminal shows during long work: one row for the task at work, and below it why that waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from threading import Lock

from rich.console import Console, RenderableType
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID
from rich.progress import Progress as RichProgress
from rich.table import Column
from rich.text import Text

from harvester.system.progress import Progress

_BAR = 16  # columns
_LONG_NAME = 30  # columns; a longer name is shortened before figures are left out
_SLOW = 1.0  # steps a second; below it they are counted by the minute


class Bars(RichProgress):
    """The row of the present task. `show` may be called by several threads."""

    def __init__(self, console: Console) -> None:
        self._name, self._present, self._pause = "", TaskID(0), ""
        self._showing = Lock()  # not the one of rich: it is acquired after that of the display, which refreshes itself
        width = min(_BAR, console.width // 5)
        bar = BarColumn(width, complete_style="green", finished_style="green", pulse_style="cyan")
        super().__init__(
            SpinnerColumn(style="cyan"),
            _Name(console),
            bar,
            _Figures(console),
            console=console,
            transient=True,
            redirect_stdout=False,  # it may be a file
        )

    def show(self, step: Progress) -> None:
        """Shows the step instead of the one before."""
        with self._showing:
            is_news = step.pause != self._pause or step.task not in ("", self._name)
            self._pause = step.pause
            if step.task not in ("", self._name):
                self._begin(step.task)
            if step.task:
                self.update(self._present, completed=step.done or 0, total=step.total, counted=step.done is not None)
        if is_news:
            self.refresh()

    def _begin(self, name: str) -> None:
        if self._name:
            self.remove_task(self._present)
        self._name, self._present = name, self.add_task(name, total=None, counted=False)

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self._pause:
            yield Text(f"  {self._pause}", style="yellow", no_wrap=True, overflow="ellipsis")


class _Name(ProgressColumn):
    """The task, shortened where the terminal is narrow."""

    def __init__(self, console: Console) -> None:
        super().__init__(Column(no_wrap=True))
        self._console = console

    def render(self, task: Task) -> Text:
        text = Text(task.description)
        others = _others(self._console) + len(_joined(task, self._console))
        text.truncate(max(8, self._console.width - others), overflow="ellipsis")
        return text


class _Figures(ProgressColumn):
    """`5,390 of 20,000  410/s  0:00:36 left`."""

    def __init__(self, console: Console) -> None:
        super().__init__(Column(no_wrap=True, overflow="ellipsis"))
        self._console = console

    def render(self, task: Task) -> Text:
        return Text(_joined(task, self._console))


def _others(console: Console) -> int:
    """The columns of the spinner, the bar and the blanks."""
    return min(_BAR, console.width // 5) + 6


def _joined(task: Task, console: Console) -> str:
    """The figures. Where the terminal is narrow, the rate gives way to the name of the task, and then the time."""
    words = figures(task)
    room = console.width - _others(console) - min(len(task.description), _LONG_NAME)
    while len(words) > 1 and len("  ".join(words)) > room:
        del words[1]
    return "  ".join(words)


def figures(task: Task) -> list[str]:
    """What is done, how fast, and how long it takes yet; or how long it has taken, if that cannot be known."""
    words = []
    if task.fields["counted"]:
        words.append(f"{task.completed:,.0f}" + (f" of {task.total:,.0f}" if task.total else ""))
    if task.speed:
        words.append(f"{task.speed:,.0f}/s" if task.speed >= _SLOW else f"{task.speed * 60:,.0f}/min")
    if task.time_remaining and task.total:
        return [*words, f"{timedelta(seconds=round(task.time_remaining))} left"]
    return [*words, str(timedelta(seconds=int(task.elapsed or 0)))]
