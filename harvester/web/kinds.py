"""The kinds of addresses. A page module makes one of each kind that it needs; `site` answers requests with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

from harvester.documents import Document
from harvester.markup import Html, Part, foreign
from harvester.web.asked import Asked, Body, Context, whole_number

Facts = TypeVar("Facts")
Row = TypeVar("Row")


class Page(Struct, Generic[Facts], frozen=True, kw_only=True):
    """A page of its own. `read` gets the facts from the store and raises `NotFound`; `show` is pure.

    With `document`, the same address with .json has these facts as docs/json.md describes them.
    """

    read: Callable[[Asked], Facts]
    show: Callable[[Facts, Context], Body]
    document: Callable[[Facts], Document] | None = None


class Chosen(Struct, frozen=True, kw_only=True):
    """Which rows of a list are wanted: those that match `filters`, after the row with the key `after`."""

    filters: Mapping[str, str] = {}
    after: str | None = None
    limit: int = 50

    def get(self, name: str) -> str | None:
        return self.filters.get(name)

    def after_number(self) -> int | None:
        """The key, where keys are whole numbers. Raises `BadRequest`."""
        return whole_number(self.after, "after") if self.after else None


class Value(Struct, frozen=True):
    """One value of a facet, in words, and how many of the rows it would leave. Unknown numbers are `None`."""

    value: str
    words: Part
    number: int | None = None


class Facet(Struct, frozen=True, kw_only=True):
    """The values by which a list can be filtered, in the order in which they are shown.

    Each row has one of the values, so the numbers add up to the number of rows. If they could not be counted in time,
    `values` is `None`. `at`: when they were counted, if that was before this request.
    """

    name: str  # of the parameter
    label: str
    values: Sequence[Value] | None
    at: datetime | None = None
    is_behind: bool = False  # a click, unless it is set


def facet(name: str, label: str, numbers: Mapping[str, int] | None, words: Mapping[str, str] | None = None) -> Facet:
    """A facet of counted values: those in `words` in that order, the others by their number."""
    if numbers is None:
        return Facet(name=name, label=label, values=None)
    known = words or {}
    others = sorted(numbers.keys() - known.keys(), key=lambda value: (-numbers[value], value))
    order = [*(value for value in known if value in numbers), *others]
    return Facet(
        name=name, label=label, values=[Value(one, known.get(one) or foreign(one), numbers[one]) for one in order]
    )


class Column(Struct, Generic[Row], frozen=True, kw_only=True):
    """A column of a table. The first one names the row.

    Where the cells of a row are below each other, numbers have the heading in front of them, and labelled cells too.
    """

    heading: str
    cell: Callable[[Row, Context], Part]
    is_number: bool = False
    is_labelled: bool = False


class ListPage(Struct, Generic[Row], frozen=True, kw_only=True):
    """A list, 50 rows at a time, with the same rows as .json and .csv.

    `rows` reads at most `chosen.limit` rows after the key `chosen.after`, by an index and never by an offset; `key` is
    that of a row. .json and .csv have all rows that match, or as many as the parameter `limit` says, because they call
    `rows` again and again. So neither a list of a million rows needs memory, nor does one keep the store open.
    """

    title: str
    plural: str  # what the rows are: the key in the JSON document, and the words for their number
    labels: Mapping[str, str]  # the parameters that filter the list, each in words; other parameters are ignored
    rows: Callable[[Asked, Chosen], Sequence[Row]]
    key: Callable[[Row], str]
    facets: Callable[[Asked, Chosen], Sequence[Facet]]
    columns: Sequence[Column[Row]]
    document: Callable[[Row], Document]
    csv: Sequence[str]  # the keys of the document that are columns of the CSV
    empty: Callable[[Context], Part]  # what to say, and what to do, if there is no row at all
    before: Callable[[Asked], Any] | None = None
    above: Callable[[Any, Context], Part] | None = None
    heading: Callable[[Any], str] | None = None  # from the facts above, where the title is not enough
    is_stacked: bool = False  # whether the cells of a row are below each other on a small screen
    has_rows: bool = True  # otherwise the page has no table of rows: what is above says it in another way


class Fragment(Struct, Generic[Facts], frozen=True, kw_only=True):
    """A part of a page that the script fetches again and again, while it has an element with `data-running`."""

    read: Callable[[Asked], Facts]
    show: Callable[[Facts, Context], Html]


class Done(Struct, frozen=True):
    """What an action did, in words for the log and the person, and the page to show next."""

    words: str
    name: str
    values: Mapping[str, Any] = {}


class Action(Struct, frozen=True, kw_only=True):
    """A change, by POST. `perform` opens the store itself to write it.

    Only a person who may act gets that far, from a page of this program; who did what is logged.
    """

    perform: Callable[[Asked], Done]


class Download(Struct, frozen=True, kw_only=True):
    """A file to be saved: its name, its media type, and its bytes."""

    read: Callable[[Asked], tuple[str, str, bytes]]


Target = Page[Any] | ListPage[Any] | Fragment[Any] | Action | Download
