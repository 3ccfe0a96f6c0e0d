"""`/`: what needs a person, at a glance: numbers, what is under way, and every source, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from harvester.markup import Html, Part, foreign, tag
from harvester.registration.registrar import shown_agency, shown_system
from harvester.registration.words import GROUPS
from harvester.standing import documents
from harvester.standing.overall import Overall, overall
from harvester.standing.source import SourceStanding
from harvester.store import DepositCounts, DoiState, Run
from harvester.system import locks
from harvester.web import buttons, parts, run_parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.chosen import remembered_in_time
from harvester.web.kinds import Fragment, Page
from harvester.web.pages.ask import files_not_sent
from harvester.web.pages.sources import SourceLine, light, lines_of, next_moment, no_source, problem, record_link
from harvester.web.parts import Tile

COUNTING = 0.5  # seconds
# States of DOIs at Crossref that are not the end.
_SENT: tuple[DoiState, ...] = ("waiting", "uncertain", "refused", "unaccounted")


class Home(Struct, frozen=True, kw_only=True):
    """How everything is. `deposits` is `None` if it could not be counted in time.

    `states` are the DOIs that were ever sent, `to_upload` the files that a person has to upload.
    """

    overall: Overall
    lines: tuple[SourceLine, ...]
    deposits: tuple[DepositCounts, ...] | None
    states: Mapping[str, int]
    to_upload: int
    running: tuple[Run, ...]


def _read(asked: Asked) -> Home:
    agency = shown_agency(asked.config)
    system = shown_system(asked.config, agency)
    with asked.store.overview() as overview:
        found = overall(asked.config, overview, asked.now)
        counted = next((sent.states for sent in found.deposits if sent.target == agency.name), None)
        states = overview.registrations(agency.name, system) if counted is None else counted
    names = [one.name for one in found.sources]
    return Home(
        overall=found,
        lines=lines_of(asked, found.sources),
        deposits=remembered_in_time(asked, ("deposits", *names), lambda: asked.store.deposits.counts(names), COUNTING),
        states=states,
        to_upload=0 if agency.terms(asked.config) else files_not_sent(asked, agency.name, system),
        running=_running(asked),
    )


def _running(asked: Asked) -> tuple[Run, ...]:
    """The runs that a process is at work on. Others that began and did not end were left by a crash."""
    at_work = [
        source for name, source in asked.config.sources.items() if locks.holder(asked.config.locks, f"source-{name}")
    ]
    newest = [
        run_parts.last_runs(asked.store, source.name, [prefix], 1) for source in at_work for prefix in source.formats
    ]
    return tuple(asked.store.runs.get(run.id) for runs in newest for run in runs if run.state == "running")


def _show(home: Home, context: Context) -> Body:
    if not home.lines:
        return Body(title="Overview", content=parts.card(no_source()))
    under_way = tag(
        "div", _show_running(home.running, context), id="under-way", data_poll=context.links.to("under-way")
    )
    step = home.overall.next_step()
    return Body(
        title="Overview",
        content=(
            parts.tiles(list(_tiles(home, context))),
            _login(home),
            under_way,
            tag("p", step, class_="notice") if step else (),
            parts.section(
                "Sources", tag("ul", [_line(line, context) for line in home.lines], class_="sources"), id_="sources"
            ),
            _leftovers(home),
        ),
    )


def _tiles(home: Home, context: Context) -> Iterator[Tile]:
    links, sources = context.links, home.overall.sources
    bad = sum(one.light == "bad" for one in sources)
    yield Tile(words="sources need a person", number=bad, href=links.to("sources", light="bad") if bad else None)
    yield Tile(
        words="articles held back",
        number=sum(one.status.held_back for one in sources),
        href=record_link(context, "held_back"),
    )
    counts = home.deposits
    for words, state, number in (
        ("new, in no file yet", "ready", None if counts is None else sum(one.new for one in counts)),
        ("changed since their file", "changed", None if counts is None else sum(one.changed for one in counts)),
    ):
        yield Tile(words=words, number=number, href=record_link(context, state))
    if home.to_upload:
        yield Tile(words="files to upload", number=home.to_upload, href=links.to("deposits", state="written"))
    for state in _SENT:
        if number := home.states.get(state, 0):
            yield Tile(words=GROUPS[state], number=number, href=record_link(context, state))


def _login(home: Home) -> Part:
    return tuple(
        tag("div", parts.state("bad", parts.prose(_refused(sent.title))), class_="problem")
        for sent in home.overall.deposits
        if sent.login_refused
    )


def _refused(title: str) -> str:
    return f"{title} refuses the login, so nothing is sent; `harvester deposit` says why."


def _line(line: SourceLine, context: Context) -> Html:
    standing = line.standing
    name = tag("a", foreign(standing.name), href=context.links.to("source", name=standing.name))
    if standing.at_work:
        when: Part = ("under way since ", parts.moment(standing.at_work.since, context))
    elif standing.harvest is None:
        when = "no schedule"
    else:
        when = ("next " if standing.harvest.due is None else "", next_moment(standing.harvest, context))
    last = ("complete ", parts.moment(standing.last_complete, context)) if standing.last_complete else "never complete"
    return tag(
        "li",
        tag("div", tag("h3", name), light(standing), class_="who"),
        tag("div", tag("span", last), tag("span", when), class_="when soft"),
        tag("div", run_parts.strip(line.runs), class_="past"),
        tag("div", _run_now(standing, context), class_="now") if context.may_act else (),
        [problem(wrong, context) for wrong in standing.problems],
        data_row=True,
    )


def _run_now(standing: SourceStanding, context: Context) -> Part:
    if standing.at_work is not None:
        return buttons.at_once(context, "stop", "Stop", subject=standing.name)
    return buttons.at_once(context, "harvest", "Run now", subject=standing.name)


def _leftovers(home: Home) -> Part:
    if not home.overall.leftovers:
        return ()
    items = [tag("li", parts.prose(one.sentence())) for one in home.overall.leftovers]
    return parts.section("Not configured any more", tag("ul", items, class_="plain"), id_="leftovers")


# ------------------------------------------------------------------------------------------------- under way


def _show_running(running: Sequence[Run], context: Context) -> Html:
    """What is under way, with how far it is; nothing if nothing is."""
    if not running:
        return tag("div")
    rows = [tag("li", _run(run, context)) for run in running]
    said = "; ".join(filter(None, map(run_parts.spoken, running)))
    shown = parts.section("Under way", tag("ul", rows, class_="plain card"), id_="under-way-heading")
    return tag("div", shown, data_running=True, data_says=said)


def _run(run: Run, context: Context) -> Html:
    seen, total = run_parts.progress(run)
    of = f" of {total:,}" if total else ""
    link = tag("a", foreign(run.source), " ", tag("code", run.prefix), href=context.links.to("run", id=run.id))
    return tag("span", link, " ", parts.bar(seen, total, f"{seen:,}{of} records"))


HOME: Page[Home] = Page(read=_read, show=_show, document=lambda home: documents.document(home.overall))
UNDER_WAY: Fragment[tuple[Run, ...]] = Fragment(read=_running, show=_show_running)
