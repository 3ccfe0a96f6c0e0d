"""`/sources`: every source, the worst first, and `/sources/NAME`: one of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from werkzeug.exceptions import NotFound

from harvester.config import Source
from harvester.config.schedule import in_words
from harvester.documents import Document
from harvester.markup import Html, Part, foreign, tag
from harvester.model import Identity
from harvester.standing import documents
from harvester.standing.due import Task
from harvester.standing.overall import one_source, overall
from harvester.standing.source import LIGHTS, Problem, SourceStanding
from harvester.store import FormatStatus, RunRow
from harvester.store.limits import in_time
from harvester.web import buttons, charts, parts, run_parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.charts import Bar
from harvester.web.kinds import Chosen, Column, Facet, ListPage, Page, facet
from harvester.web.parts import Tile
from harvester.web.run_parts import KINDS, run_state

RUNS_SHOWN = 10


class SourceLine(Struct, frozen=True, kw_only=True):
    """A source in a list: how it is, and its last runs, oldest first."""

    standing: SourceStanding
    runs: tuple[RunRow, ...]


def lines_of(asked: Asked, standings: Sequence[SourceStanding]) -> tuple[SourceLine, ...]:
    """The sources, the worst first, in the order of the configuration otherwise."""
    ranks = list(LIGHTS)
    ordered = sorted(standings, key=lambda one: ranks.index(one.light))
    return tuple(SourceLine(standing=one, runs=_runs(asked, one)) for one in ordered)


def _runs(asked: Asked, standing: SourceStanding) -> tuple[RunRow, ...]:
    return run_parts.last_runs(asked.store, standing.name, [one.prefix for one in standing.status.formats])


def light(standing: SourceStanding) -> Html:
    """How the source is, as sign and words."""
    return parts.state(standing.light, LIGHTS[standing.light])


_SEE_RUN = re.compile(r"harvester runs ([0-9]+)")


def problem(one: Problem, context: Context) -> Html:
    """What is wrong, what to do, and the command that says more."""
    todo = tag("p", tag("strong", "What to do: "), parts.prose(one.todo)) if one.todo else ()
    see = tag("p", "More: ", _more(one.see, context), class_="soft") if one.see else ()
    return tag("div", tag("p", parts.prose(one.why)), todo, see, class_="problem bad" if one.see else "problem")


def _more(command: str, context: Context) -> Html:
    """The page that shows what a command shows, if there is one."""
    run = _SEE_RUN.fullmatch(command)
    return tag("a", f"Run {run[1]}", href=context.links.to("run", id=int(run[1]))) if run else tag("code", command)


def next_moment(task: Task | None, context: Context) -> Part:
    """When a task comes next."""
    if task is None:
        return tag("span", "no schedule", class_="soft")
    if task.due is None:
        return parts.moment(task.next, context)
    return "due now" if task.due >= context.now else ("due since ", parts.moment(task.due, context))


# ------------------------------------------------------------------------------------------------- the list


def _standings(asked: Asked) -> tuple[SourceStanding, ...]:
    with asked.store.overview() as overview:
        return overall(asked.config, overview, asked.now).sources


def _chosen(asked: Asked, chosen: Chosen) -> Sequence[SourceStanding]:
    wanted = chosen.get("light")
    return [one for one in _standings(asked) if wanted in (None, one.light)]


def _rows(asked: Asked, chosen: Chosen) -> Sequence[SourceLine]:
    lines = lines_of(asked, _chosen(asked, chosen))
    names = [line.standing.name for line in lines]
    begin = names.index(chosen.after) + 1 if chosen.after in names else 0
    return lines[begin : begin + chosen.limit]


def _facets(asked: Asked, chosen: Chosen) -> Sequence[Facet]:
    numbers: Counter[str] = Counter(one.light for one in _chosen(asked, chosen))
    return (facet("light", "State", numbers, {str(name): words for name, words in LIGHTS.items()}),)


def _name(line: SourceLine, context: Context) -> Part:
    return tag("a", foreign(line.standing.name), href=context.links.to("source", name=line.standing.name))


def _why(line: SourceLine, _: Context) -> Part:
    problems = line.standing.problems
    return (light(line.standing), tag("p", parts.prose(problems[0].why), class_="soft") if problems else ())


def _document(line: SourceLine) -> Document:
    return documents.of_source(line.standing)


SOURCES: ListPage[SourceLine] = ListPage(
    title="Sources",
    plural="sources",
    labels={"light": "State"},
    rows=_rows,
    key=lambda line: line.standing.name,
    facets=_facets,
    columns=(
        Column(heading="Source", cell=_name),
        Column(heading="State", cell=_why),
        Column(heading="Last complete", cell=lambda line, context: parts.moment(line.standing.last_complete, context)),
        Column(heading="Next", cell=lambda line, context: next_moment(line.standing.harvest, context)),
        Column(heading="Ready", cell=lambda line, _: parts.number(line.standing.status.ready), is_number=True),
        Column(heading="Held back", cell=lambda line, _: parts.number(line.standing.status.held_back), is_number=True),
        Column(heading="Last runs", cell=lambda line, _: run_parts.strip(line.runs)),
    ),
    document=_document,
    csv=("source", "url", "light", "ready", "held_back", "deleted", "due_since", "next_run", "waiting_until"),
    empty=lambda _: no_source(),
)


def no_source() -> Html:
    """What to do where nothing is configured."""
    return tag(
        "p",
        "There is no source yet. ",
        tag("code", "harvester source probe URL"),
        " looks at the address of a journal and shows the lines for config.toml; ",
        tag("code", "harvester source add URL"),
        " adds them.",
    )


# ------------------------------------------------------------------------------------------------- one source


class OneSource(Struct, frozen=True, kw_only=True):
    """A source with its settings, what its provider said to Identify, and its last runs, oldest first."""

    standing: SourceStanding
    source: Source
    identity: Identity | None
    runs: tuple[RunRow, ...]
    months: tuple[Bar, ...] = ()


def _read(asked: Asked) -> OneSource:
    name = asked.path["name"]
    if name not in asked.config.sources:
        raise NotFound(f"There is no source {name[:64]} in config.toml")
    with asked.store.overview() as overview:
        standing = one_source(asked.config, overview, name, asked.now)
    row = asked.store.sources.get(name)
    return OneSource(
        standing=standing,
        source=asked.config.sources[name],
        identity=row.identity if row else None,
        runs=_runs(asked, standing),
        months=charts.months(in_time(lambda: asked.store.runs.by_month(name)) or (), asked.now.date()),
    )


def _show(one: OneSource, context: Context) -> Body:
    standing = one.standing
    return Body(
        title=standing.name,
        heading=foreign(standing.name),
        content=(
            tag("p", light(standing), class_="lead"),
            [problem(wrong, context) for wrong in standing.problems],
            _articles(standing, context),
            parts.facts(*_times(one, context)),
            buttons.of_source(context, standing.name, is_at_work=standing.at_work is not None),
            _formats(standing, context),
            _last_runs(one, context),
            _over_time(one, context),
            _provider(one),
        ),
    )


def _articles(standing: SourceStanding, context: Context) -> Html:
    """Its articles by state. They add up to all that it has."""
    status = standing.status
    held = record_link(context, "held_back", source=standing.name)
    return parts.tiles(
        [
            Tile(words="ready", number=status.ready),
            Tile(words="held back", number=status.held_back, href=held),
            Tile(words="deleted by the provider", number=status.deleted),
        ]
    )


def record_link(context: Context, state: str, **more: str) -> str | None:
    """The list of the records in a state, if there is such a page."""
    return context.links.to("records", state=state, **more) if context.links.has("records") else None


def _times(one: OneSource, context: Context) -> Iterator[tuple[str, Part]]:
    standing = one.standing
    yield "Last complete", parts.moment(standing.last_complete, context)
    if standing.at_work:
        yield "Under way since", parts.moment(standing.at_work.since, context)
    else:
        yield "Next harvest", next_moment(standing.harvest, context)
    if one.source.schedule:
        yield "Schedule", in_words(one.source.schedule)
    if standing.waiting_until:
        yield "Waits until", parts.moment(standing.waiting_until, context)
    compared = _oldest(standing.last_comparisons)
    if compared or standing.comparison:
        yield "Last comparison", parts.moment(compared, context)
        yield "Next comparison", next_moment(standing.comparison, context)
    yield "Last runs", run_parts.strip(one.runs)


def _oldest(runs: Sequence[RunRow]) -> datetime | None:
    return min((run.finished or run.started for run in runs), default=None)


def _formats(standing: SourceStanding, context: Context) -> Html:
    columns: tuple[Column[FormatStatus], ...] = (
        Column(heading="Format", cell=lambda one, _: tag("code", one.prefix)),
        Column(heading="Live records", cell=lambda one, _: parts.number(one.live), is_number=True),
        Column(heading="Deleted", cell=lambda one, _: parts.number(one.deleted), is_number=True),
        Column(heading="Last complete", cell=lambda one, context: _run_link(one.last_complete, context)),
        Column(heading="Last run", cell=lambda one, context: _run_link(one.last_run, context, with_state=True)),
    )
    table = parts.table(columns, standing.status.formats, context, caption=f"Formats of {standing.name}")
    return parts.section("Formats", table, id_="formats")


def _run_link(run: RunRow | None, context: Context, *, with_state: bool = False) -> Part:
    if run is None:
        return tag("span", "never", class_="soft")
    moment = parts.moment(run.finished or run.started, context)
    link = tag("a", moment, href=context.links.to("run", id=run.id))
    return (link, " ", run_state(run)) if with_state else link


def _last_runs(one: OneSource, context: Context) -> Part:
    if not one.runs:
        return ()
    columns: tuple[Column[RunRow], ...] = (
        Column(heading="Run", cell=_run_name),
        Column(heading="State", cell=lambda run, _: run_state(run)),
        Column(heading="Format", cell=lambda run, _: tag("code", run.prefix)),
        Column(heading="Began", cell=lambda run, context: parts.moment(run.started, context)),
        Column(heading="Kind", cell=lambda run, _: KINDS[run.kind]),
        Column(heading="New", cell=lambda run, _: parts.number(run.counts.new), is_number=True),
        Column(heading="Changed", cell=lambda run, _: parts.number(run.counts.changed), is_number=True),
        Column(heading="Deleted", cell=lambda run, _: parts.number(run.counts.deleted), is_number=True),
        Column(heading="Rejected", cell=lambda run, _: parts.number(run.counts.rejected), is_number=True),
    )
    newest = one.runs[::-1][:RUNS_SHOWN]
    table = parts.table(columns, newest, context, caption=f"Last runs of {one.standing.name}")
    more = tag("p", tag("a", "All runs of this source", href=context.links.to("runs", source=one.standing.name)))
    return parts.section("Last runs", table, more, id_="runs")


def _over_time(one: OneSource, context: Context) -> Part:
    """The records of all formats, month by month."""
    if not one.months:
        return ()
    heading, columns = "Records over time", ("New", "Changed", "Deleted", "New so far")
    chart = charts.show(one.months, context, span="Month", columns=columns, caption=heading)
    return parts.section(heading, parts.card(chart), id_="over-time")


def _run_name(run: RunRow, context: Context) -> Html:
    return tag("a", f"Run {run.id}", href=context.links.to("run", id=run.id))


def _provider(one: OneSource) -> Html:
    """What the provider said about itself, as it said it."""
    identity = one.identity
    known: list[tuple[str, Part]] = [("Address", parts.outside(one.source.url, foreign(one.source.url)))]
    if one.source.sets:
        known.append(("Sets", foreign(", ".join(one.source.sets))))
    if identity is not None:
        known += [
            ("Name", foreign(identity.repository)),
            ("Administrators", foreign(", ".join(identity.emails))),
            ("Software", foreign(identity.software) if identity.software else ""),
            ("Oldest record", foreign(identity.earliest)),
            ("Deleted records", foreign(identity.deleted_record)),
            ("Granularity", tag("code", identity.granularity)),
        ]
    silent = tag("p", "It has not answered yet.", class_="soft") if identity is None else ()
    return parts.section("Provider", parts.facts(*known), silent, id_="provider")


SOURCE: Page[OneSource] = Page(
    read=_read, show=_show, document=lambda one: {"sources": [documents.of_source(one.standing)]}
)
