"""`/runs`: the harvests and comparisons, and `/runs/ID`: one of them, also while it is under way."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs
from werkzeug.exceptions import NotFound

from harvester import documents
from harvester.counting import counted
from harvester.markup import Html, Part, foreign, tag
from harvester.store import Rejection, Run, RunChoice, RunRow, RunWindow
from harvester.store.limits import in_time
from harvester.system import locks
from harvester.web import buttons, parts, run_parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.kinds import Chosen, Column, Facet, Fragment, ListPage, Page, facet
from harvester.web.run_parts import KINDS, STATES, run_state

COUNTING = 0.2  # seconds for the numbers of a facet
SHOWN = 200  # rejected records and windows on one page; all are in the JSON


# ------------------------------------------------------------------------------------------------- the list


def _choice(chosen: Chosen) -> RunChoice:
    return RunChoice(**{name: value for name, value in chosen.filters.items() if name in RunChoice.__struct_fields__})


def _rows(asked: Asked, chosen: Chosen) -> Sequence[RunRow]:
    before = chosen.after_number()
    return asked.store.runs.find(_choice(chosen), before=before, limit=chosen.limit)


def _facets(asked: Asked, chosen: Chosen) -> Sequence[Facet]:
    choice, runs = _choice(chosen), asked.store.runs
    states = in_time(lambda: runs.count_by("state", choice), COUNTING)
    kinds = in_time(lambda: runs.count_by("kind", choice), COUNTING)
    sources = in_time(lambda: runs.count_by("source", choice), COUNTING)
    return (
        facet("state", "State", states, {name: words for name, (_, words) in STATES.items()}),
        facet("kind", "Kind", kinds, KINDS),
        facet("source", "Source", sources),
    )


def _name(run: RunRow, context: Context) -> Part:
    return tag("a", f"Run {run.id}", href=context.links.to("run", id=run.id))


def _source(run: RunRow, _: Context) -> Part:
    return (foreign(run.source), " ", tag("code", run.prefix))


def _outcome(run: RunRow, _: Context) -> Part:
    return (run_state(run), tag("p", parts.prose(run.error), class_="soft") if run.error else ())


def _nothing(_: Context) -> Part:
    return tag("p", "Nothing has been harvested yet. ", tag("code", "harvester harvest"), " begins.")


RUNS: ListPage[RunRow] = ListPage(
    title="Runs",
    plural="runs",
    labels={"state": "State", "kind": "Kind", "source": "Source"},
    rows=_rows,
    key=lambda run: str(run.id),
    facets=_facets,
    columns=(
        Column(heading="Run", cell=_name),
        Column(heading="State", cell=_outcome),
        Column(heading="Source", cell=_source),
        Column(heading="Began", cell=lambda run, context: parts.moment(run.started, context)),
        Column(heading="Kind", cell=lambda run, _: KINDS[run.kind]),
        Column(heading="New", cell=lambda run, _: parts.number(run.counts.new), is_number=True),
        Column(heading="Changed", cell=lambda run, _: parts.number(run.counts.changed), is_number=True),
        Column(heading="Deleted", cell=lambda run, _: parts.number(run.counts.deleted), is_number=True),
        Column(heading="Rejected", cell=lambda run, _: parts.number(run.counts.rejected), is_number=True),
    ),
    document=documents.of_run,
    csv=(
        *("id", "source", "format", "kind", "state", "started", "finished", "pages", "new", "changed", "deleted"),
        *("moved", "unchanged", "repaired", "rejected", "error"),
    ),
    empty=_nothing,
)


# ---------------------------------------------------------------------------------------------------- one run


class OneRun(Struct, frozen=True, kw_only=True):
    """A run, the records it rejected, whether a process is at work on its source, and whether that is configured."""

    run: Run
    rejected: Sequence[Rejection]
    is_at_work: bool
    is_configured: bool


def _read_run(asked: Asked) -> OneRun:
    return _one(asked, with_rejected=True)


def _read_progress(asked: Asked) -> OneRun:
    """The same without the rejected records, which are not shown as progress."""
    return _one(asked, with_rejected=False)


def _one(asked: Asked, *, with_rejected: bool) -> OneRun:
    try:
        run = asked.store.runs.get(asked.path["id"])
    except LookupError:
        raise NotFound(f"There is no run {asked.path['id']}") from None
    return OneRun(
        run=run,
        rejected=asked.store.records.rejections(run.id) if with_rejected else (),
        is_at_work=_is_at_work(asked, run),
        is_configured=run.source in asked.config.sources,
    )


def _is_at_work(asked: Asked, run: Run) -> bool:
    return run.state == "running" and locks.holder(asked.config.locks, f"source-{run.source}") is not None


def _show_run(one: OneRun, context: Context) -> Body:
    run = one.run
    progress = context.links.to("run-progress", id=run.id)
    title = f"Run {run.id} of {run.source}"
    return Body(
        title=title,
        content=(
            tag("div", _show_progress(one, context), id="progress", data_poll=progress if one.is_at_work else None),
            buttons.of_source(context, run.source, is_at_work=one.is_at_work) if one.is_configured else (),
            _rejected(one),
            tag("p", "The same as ", tag("a", "JSON", href=context.links.to("run.json", id=run.id)), class_="soft"),
        ),
    )


def _show_progress(one: OneRun, context: Context) -> Html:
    """What changes while a run is under way: its state, its numbers and its list requests."""
    run, end, name = one.run, one.run.finished or context.now, foreign(one.run.source)
    numbers = [
        tag("div", tag("dt", name), tag("dd", parts.number(count)))
        for name, count in structs.asdict(run.counts).items()
        if count or name in ("new", "changed", "deleted")
    ]
    return tag(
        "div",
        parts.facts(
            ("State", _state_of(one)),
            ("Source", tag("a", name, href=context.links.to("source", name=run.source)) if one.is_configured else name),
            ("Format", tag("code", run.prefix)),
            ("Kind", KINDS[run.kind]),
            ("Began", parts.moment(run.started, context)),
            ("Ended", parts.moment(run.finished, context, otherwise="not yet")),
            ("Took", parts.duration((end - run.started).total_seconds()) if run.finished or one.is_at_work else ""),
            ("Waits until", parts.moment(run.wait_until, context) if run.wait_until else ""),
            ("Pages", parts.number(run.pages)),
        ),
        tag("p", parts.prose(run.error), class_="notice") if run.error else (),
        tag("dl", numbers, class_="tiles"),
        _windows(run),
        data_running=one.is_at_work,
        data_says=run_parts.spoken(run),
    )


def _state_of(one: OneRun) -> Part:
    if one.run.state != "running" or one.is_at_work:
        return run_state(one.run)
    return parts.state(
        "look", "The program ended in the middle of this run. The next harvest resumes after its last page."
    )


def _windows(run: Run) -> Part:
    """The list requests: those that are not done, with how far they came."""
    left = [window for window in run.windows if window.state == "open"]
    done = sum(window.state == "done" for window in run.windows)
    rows = [tag("li", tag("span", _request(window)), ": ", _reached(window)) for window in left[:SHOWN]]
    more = tag("p", f"and {len(left) - SHOWN:,} more that are open") if len(left) > SHOWN else ()
    summary = tag("p", f"{counted(done, 'list request')} done, {len(left):,} open.")
    return parts.section(
        "List requests", summary, tag("ul", rows, class_="plain") if rows else (), more, id_="requests"
    )


def _request(window: RunWindow) -> Part:
    asked = window.window
    bounds = [
        *([("set ", foreign(asked.set_spec))] if asked.set_spec else []),
        *([f"from {asked.since}"] if asked.since else []),
        *([f"until {asked.until}"] if asked.until else []),
    ]
    return [(", " if number else "", bound) for number, bound in enumerate(bounds)] or "the whole repository"


def _reached(window: RunWindow) -> Html:
    of = f" of {window.list_size:,}" if window.list_size else ""
    return parts.bar(window.seen, window.list_size, f"{window.seen:,}{of} records, {counted(window.pages, 'page')}")


def _rejected(one: OneRun) -> Part:
    if not one.rejected:
        return ()
    items = [tag("li", _identifier(bad), ": ", parts.prose(bad.reason)) for bad in one.rejected[:SHOWN]]
    more = len(one.rejected) - SHOWN
    rest = tag("p", f"and {more:,} more, which are in the JSON") if more > 0 else ()
    return parts.section("Rejected records", tag("ul", items, class_="plain"), rest, id_="rejected")


def _identifier(rejected: Rejection) -> Html:
    if not rejected.identifier:
        return tag("span", "a record without an identifier")
    return tag("code", foreign(rejected.identifier))


RUN: Page[OneRun] = Page(
    read=_read_run, show=_show_run, document=lambda one: documents.of_one_run(one.run, one.rejected)
)
PROGRESS: Fragment[OneRun] = Fragment(read=_read_progress, show=_show_progress)
