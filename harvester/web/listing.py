"""Lists as pages, as JSON and as CSV, all from the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from harvester.csvtext import csv_lines
from harvester.documents import Document
from harvester.markup import Html, Part, foreign, tag
from harvester.reports import SCHEMA
from harvester.store.limits import in_time
from harvester.web import parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.kinds import Chosen, Facet, ListPage, Row, Value

ROWS = 50  # on one page
BATCH = 500  # rows read at once for .json and .csv
LONGEST = 500  # characters of a filter that are used
_PATIENCE = 0.9  # seconds in which the rows of a page are found
_SHOWN = 8  # values of a facet; the others are behind a click


class Found(Struct, Generic[Row], frozen=True, kw_only=True):
    """One page of a list. `rows` is `None` if finding them takes too long; nothing is counted then.

    `next`: the key after which the next page begins; `None` at the end. `above` has the facts of what the list shows
    above its rows.
    """

    rows: Sequence[Row] | None
    facets: Sequence[Facet]
    chosen: Chosen
    next: str | None
    above: Any = None


def chosen_by(query: Mapping[str, str], page: ListPage[Any], limit: int = ROWS) -> Chosen:
    """What the parameters choose. Empty and unknown ones are ignored."""
    filters = {name: query[name].strip()[:LONGEST] for name in page.labels if query.get(name, "").strip()}
    return Chosen(filters=filters, after=query.get("after") or None, limit=limit)


def found(page: ListPage[Row], asked: Asked) -> Found[Row]:
    """Reads one page of a list."""
    chosen = chosen_by(asked.query, page)
    above = page.before(asked) if page.before else None
    rows = in_time(lambda: page.rows(asked, replace(chosen, limit=ROWS + 1)), _PATIENCE) if page.has_rows else ()
    if rows is None:
        return Found(rows=None, facets=(), chosen=chosen, next=None, above=above)
    return Found(
        rows=rows[:ROWS],
        facets=page.facets(asked, chosen),
        chosen=chosen,
        next=page.key(rows[ROWS - 1]) if len(rows) > ROWS else None,
        above=above,
    )


# ------------------------------------------------------------------------------------------------- as a page


def show(page: ListPage[Row], found: Found[Row], context: Context) -> Body:
    """The list as a page: filters as chips, the rows, the way to the next ones, and the same as CSV and JSON."""
    above = page.above(found.above, context) if page.above else ()
    filters = _filters(page, found, context)
    title = f"{page.title} {page.heading(found.above)}" if page.heading else page.title
    if not page.has_rows:
        return Body(title=title, content=(filters, above, _forms(found, context)))
    return Body(title=title, content=(above, filters, _rows(page, found, context)))


def _rows(page: ListPage[Row], found: Found[Row], context: Context) -> Part:
    if found.rows is None:
        return parts.card(
            tag(
                "p",
                "Finding these takes more than a second, so it was given up. Choose one more filter, or search for a "
                "DOI or an identifier.",
            )
        )
    if found.rows:
        caption = f"{page.title}, 50 at a time"
        return (
            parts.table(page.columns, found.rows, context, caption=caption, is_stacked=page.is_stacked),
            _pager(found, context),
            _forms(found, context),
        )
    if found.chosen.after:
        return parts.card(
            tag("p", "There are no more. ", tag("a", "Back to the first ones", href=context.links.here()))
        )
    if found.chosen.filters:
        everything = tag("a", "Show everything", href=context.links.here(**dict.fromkeys(page.labels)))
        return parts.card(tag("p", "Nothing matches these filters. ", everything))
    return parts.card(page.empty(context))


def _filters(page: ListPage[Row], found: Found[Row], context: Context) -> Part:
    """The filters that are set, each to be removed, and below them the facets that are not set."""
    if not any(facet.values or facet.values is None for facet in found.facets) and not found.chosen.filters:
        return ()
    behind = [facet for facet in found.facets if facet.is_behind and not found.chosen.get(facet.name)]
    groups = [_facet(facet, found.chosen, context) for facet in found.facets if facet not in behind]
    hidden = [shown for facet in behind if (shown := _facet(facet, found.chosen, context))]
    more = tag("details", tag("summary", "More filters"), hidden) if hidden else ()
    other = [name for name in found.chosen.filters if name not in {facet.name for facet in found.facets}]
    chips = [_removable(page.labels[name], foreign(found.chosen.filters[name]), name, context) for name in other]
    counted = min((facet.at for facet in found.facets if facet.at), default=None)
    when = tag("p", "Counted ", parts.moment(counted, context), class_="soft") if counted else ()
    shown = tag("ul", chips, class_="chips") if chips else ()
    return tag("nav", shown, groups, more, when, aria_label="Filters", class_="filters")


def _facet(facet: Facet, chosen: Chosen, context: Context) -> Part:
    selected = chosen.get(facet.name)
    if facet.values is None:
        uncounted = tag("span", "not counted: it takes too long", class_="soft")
        chips = (
            [_removable(facet.label, foreign(selected), facet.name, context)] if selected else [tag("li", uncounted)]
        )
    else:
        chips = _chips(facet, facet.values, selected, context)
    if not chips:
        return ()
    return tag("div", tag("span", facet.label, class_="label"), tag("ul", chips, class_="chips"), class_="facet")


def _chips(facet: Facet, values: Sequence[Value], selected: str | None, context: Context) -> list[Html]:
    if selected is not None:
        words = next((value.words for value in values if value.value == selected), foreign(selected))
        return [_removable(facet.label, words, facet.name, context)]
    if len(values) < 2:
        return []  # it would leave the same rows
    links = [_chip(facet, value, context) for value in values]
    if len(links) <= _SHOWN + 1:
        return links
    rest = tag("ul", links[_SHOWN:], class_="chips")
    return [*links[:_SHOWN], tag("li", tag("details", tag("summary", f"{len(links) - _SHOWN} more"), rest))]


def _chip(facet: Facet, value: Value, context: Context) -> Html:
    number = () if value.number is None else (" ", tag("span", parts.number(value.number), class_="count"))
    return tag("li", tag("a", value.words, number, href=context.links.here(**{facet.name: value.value}), class_="chip"))


def _removable(label: str, words: Part, name: str, context: Context) -> Html:
    cross = (tag("span", "✕", aria_hidden="true"), tag("span", f"Remove the filter {label}", class_="hidden"))
    chip = tag("a", tag("span", words), " ", cross, href=context.links.here(**{name: None}), class_="chip chosen")
    return tag("li", chip)


def _pager(found: Found[Row], context: Context) -> Part:
    links = context.links
    ways = []
    if found.chosen.after:
        ways.append(tag("li", tag("a", "First page", href=links.here())))
    if found.next:
        ways.append(tag("li", tag("a", "Next page", href=links.here(after=found.next), rel="next")))
    return tag("nav", tag("ul", ways), aria_label="Pages", class_="pager") if ways else ()


def _forms(found: Found[Any], context: Context) -> Html:
    links = [tag("a", form.upper(), href=context.links.form(form)) for form in ("csv", "json")]
    which = "All that match" if found.chosen.filters else "Everything"
    return tag("p", f"{which} as ", links[0], " or ", links[1], class_="soft forms")


# ------------------------------------------------------------------------------------------- as JSON and CSV


def every_row(
    page: ListPage[Row], chosen: Chosen, read: Callable[[Chosen], Sequence[Row]], most: int | None
) -> Iterator[Row]:
    """All rows that match, at most `most`, in batches. `read` reads one batch, each in a session of its own."""
    left = most
    while left is None or left > 0:
        size = BATCH if left is None else min(BATCH, left)
        rows = read(replace(chosen, limit=size))
        yield from rows
        if len(rows) < size:
            return
        chosen = replace(chosen, after=page.key(rows[-1]))
        left = None if left is None else left - size


def as_json(page: ListPage[Row], rows: Iterator[Row]) -> Iterator[bytes]:
    """The document of docs/json.md with these rows, in pieces."""
    yield f'{{"schema":{SCHEMA},"{page.plural}":['.encode()
    comma = b""
    for row in rows:
        yield comma + msgspec.json.encode(page.document(row))
        comma = b","
    yield b"]}\n"


def _at(document: Document, name: str) -> object:
    """The value with this name; dots lead into inner objects."""
    value: object = document
    for part in name.split("."):
        value = value[part]  # type: ignore[index]  # an object of the document
    return value


def as_csv(page: ListPage[Row], rows: Iterator[Row]) -> Iterator[bytes]:
    """The rows as CSV, line by line, with a byte order mark, without which Excel does not read UTF-8."""
    documents = map(page.document, rows)
    lines = csv_lines(page.csv, ([_at(document, name) for name in page.csv] for document in documents))
    yield b"\xef\xbb\xbf"
    for line in lines:
        yield line.encode("utf-8", "replace")
