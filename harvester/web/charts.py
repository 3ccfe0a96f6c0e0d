"""Numbers over time: a picture, and the same numbers as a table for everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from harvester.markup import Html, Part, tag
from harvester.store import MonthOfRuns
from harvester.web import parts
from harvester.web.asked import Context
from harvester.web.kinds import Column

MONTHS, WEEKS = 24, 26  # at most; fewer are shown only of months, and never fewer than a year
_YEAR = 12
_STEP, _GAP, _HEIGHT = 10, 2, 60  # of a bar
Cell = Callable[["Bar", Context], Part]


class Bar(Struct, frozen=True, kw_only=True):
    """A span of time, such as `2026-11`, with its number. The picture shows `below` under it, in another tone."""

    name: str
    number: int
    below: int = 0
    more: tuple[int, ...] = ()  # further numbers, for the table only

    @property
    def top(self) -> int:
        return self.below + self.number


def months(found: Sequence[MonthOfRuns], today: date) -> tuple[Bar, ...]:
    """The newest months with the new records of each, above all that were new before; none if there were no runs."""
    by_name = {one.month: one for one in found}
    bars: list[Bar] = []
    so_far = 0
    for name in _month_names(min(by_name), today) if by_name else ():
        one = by_name.get(name) or MonthOfRuns(month=name)
        bars.append(Bar(name=name, number=one.new, below=so_far, more=(one.changed, one.deleted)))
        so_far += one.new
    return tuple(bars[-MONTHS:])


def _month_names(first: str, today: date) -> list[str]:
    """Every month from the first one to today, as `2026-11`, at least those of a year."""
    year, month = map(int, first.split("-"))
    last = _YEAR * today.year + today.month - 1
    begin = min(_YEAR * year + month - 1, last - _YEAR + 1)
    return [f"{number // _YEAR}-{number % _YEAR + 1:02}" for number in range(begin, last + 1)]


def weeks(by_day: dict[date, int], today: date) -> tuple[Bar, ...]:
    """The newest weeks, each named by its Monday, with the sum of its days; none if all of them are empty."""
    sums: dict[date, int] = {}
    for day, number in by_day.items():
        monday = day - timedelta(days=day.weekday())
        sums[monday] = sums.get(monday, 0) + number
    if not sums:
        return ()
    last = max(today - timedelta(days=today.weekday()), *sums)
    mondays = [last - timedelta(weeks=n) for n in range(WEEKS)]
    return tuple(Bar(name=f"{one}", number=sums.get(one, 0)) for one in reversed(mondays))


def show(bars: Sequence[Bar], context: Context, *, span: str, columns: Sequence[str], caption: str) -> Part:
    """The picture with its largest number and its ends, and behind a click the numbers.

    `columns` are the headings of the number, of those of `more`, and of the tops, if they are wanted.
    """
    numbers: list[Column[Bar]] = [Column(heading=span, cell=lambda bar, _: tag("bdi", bar.name))]
    for place, heading in enumerate(columns):
        numbers.append(Column(heading=heading, cell=_number(place), is_number=True))
    table = parts.table(numbers, list(reversed(bars)), context, caption=caption)
    return tag("div", _picture(bars), tag("details", tag("summary", "The numbers"), table), class_="chart")


def _number(place: int) -> Cell:
    def cell(bar: Bar, _: Context) -> Part:
        return parts.number((bar.number, *bar.more, bar.top)[place])

    return cell


def _picture(bars: Sequence[Bar]) -> Html:
    most = max(bar.top for bar in bars)
    width = _STEP * len(bars)
    drawn = [one for number, bar in enumerate(bars) for one in _drawn(number, bar, most or 1)]
    picture = tag(
        "svg",
        drawn,
        class_="bars",
        viewBox=f"0 0 {width} {_HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    ends = (tag("bdi", bars[0].name), tag("bdi", bars[-1].name) if len(bars) > 1 else ())
    return tag(
        "div",
        tag("p", "Highest: ", tag("span", parts.number(most)), class_="soft"),
        picture,
        tag("p", ends, class_="ends soft"),
    )


def _drawn(number: int, bar: Bar, most: int) -> list[Html]:
    """The bar, and what is below it. A number above zero is always seen."""
    x, below = number * _STEP, _HEIGHT * bar.below / most
    high = max(_HEIGHT * bar.number / most, 1) if bar.number else 0
    pieces = (("before", 0.0, below), ("now", min(below, _HEIGHT - high), high))
    return [
        tag(
            "rect",
            x=x,
            y=f"{_HEIGHT - start - height:.1f}",
            width=_STEP - _GAP,
            height=f"{height:.1f}",
            class_=kind,
        )
        for kind, start, height in pieces
        if height
    ]
