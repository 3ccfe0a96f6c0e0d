"""`/deposits/dois`: what became of each DOI, and `/deposits/doi?doi=…`: one DOI with its whole history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import msgspec
from msgspec import Struct
from werkzeug.exceptions import BadRequest, NotFound

from harvester.answers import System
from harvester.counting import counted
from harvester.documents import Document
from harvester.identifiers import clean_doi, fold_doi
from harvester.markup import Html, Part, foreign, tag
from harvester.registration import described, words
from harvester.registration.registrar import Agency
from harvester.reports import AtAgency, DoiReport
from harvester.store import DepositFile, DoiRow, DoiState, Event, Registration
from harvester.store.limits import in_time
from harvester.web import buttons, parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.kinds import Chosen, Column, Facet, ListPage, Page, Value, facet
from harvester.web.pages.deposits import DOI_TONES, agency_of, targets

STATES = {str(state): name for state, name in words.GROUPS.items()}
_OPEN = ("refused", "unaccounted", "uncertain")  # what can be sent again by request


class OneDoi(Struct, frozen=True, kw_only=True):
    """A DOI of the store with what is to be said about it."""

    report: DoiReport
    agency: str  # its name
    state: DoiState
    who: str
    next_step: str | None
    record: str | None
    source: str | None
    title: str | None

    @property
    def key(self) -> str:
        return fold_doi(self.report.doi)


def told(agency: Agency, row: DoiRow, system: System, other: Registration | None = None) -> OneDoi:
    """One DOI in words. `other` is the DOI whose record says that both are in conflict."""
    report = described.describe(agency, row, system, other)
    return OneDoi(
        report=report,
        agency=agency.name,
        state=row.state,
        who=agency.who(who) if (who := described.who(row)) != "nobody" else "",
        next_step=described.next_step(agency, row),
        record=row.record,
        source=row.source,
        title=row.title,
    )


def document(one: OneDoi) -> Document:
    """A row of `deposits` in docs/json.md."""
    return dict(msgspec.to_builtins(one.report))


# ------------------------------------------------------------------------------------------------- the list


def _rows(asked: Asked, chosen: Chosen) -> Sequence[OneDoi]:
    agency, system = agency_of(asked)
    store = asked.store.registrations
    keys = store.keys(
        agency.name,
        system,
        chosen.get("state"),
        chosen.get("class"),
        after=chosen.after or "",
        limit=chosen.limit,
    )
    others = described.other_sides(store.of_states(agency.name, system, ["registered_with_conflict"]))
    rows = store.rows(agency.name, system, keys) if keys else ()
    return [told(agency, row, system, others.get(fold_doi(row.doi))) for row in rows]


def _facets(asked: Asked, chosen: Chosen) -> Sequence[Facet]:
    agency, system = agency_of(asked)
    store, state = asked.store.registrations, chosen.get("state")
    numbers = in_time(lambda: store.numbers(agency.name, system))
    by_state = None if numbers is None else {str(one): number for one, number in numbers.items()}
    states = facet("state", "State", by_state, STATES)
    return (targets(asked.config), states, _classes(store.kinds(agency.name, system, state) if state else {}))


def _classes(numbers: dict[str, int]) -> Facet:
    found = facet("class", "Message", numbers)
    values = [Value(one.value, tag("code", one.value.replace("_", " ")), one.number) for one in found.values or ()]
    return Facet(name="class", label="Message", values=values)


def name(one: OneDoi, context: Context) -> Part:
    """The DOI, which leads to its page, above the title of its article."""
    return (doi_link(one.report.doi, context), tag("p", foreign(one.title), class_="soft") if one.title else ())


def doi_link(doi: str, context: Context) -> Html:
    return tag("a", foreign(doi), href=context.links.to("doi", doi=doi))


def doi_state(one: OneDoi) -> Html:
    return parts.state(DOI_TONES[one.state], words.GROUPS[one.state])


def meaning(one: OneDoi) -> Part:
    """The state of a DOI, what the agency's answer means, who can act, and what to do."""
    says_more = one.who or one.report.sentence != words.OF_DOI[one.state]
    acts = (tag("strong", f"{one.who[:1].upper()}{one.who[1:]}"), " can act. ") if one.who else ()
    more = tag("p", acts, _next_step(one), class_="soft") if acts or one.next_step else ()
    return (doi_state(one), tag("p", parts.meaning(one.report, one.agency)) if says_more else (), more)


def _since(one: OneDoi, context: Context) -> Part:
    return parts.moment(one.report.changed, context) if one.report.changed else ""


def _next_step(one: OneDoi) -> Part:
    return parts.prose(one.next_step, f"{one.agency}-{one.report.kind}.next") if one.next_step else ()


def _above(choice: dict[str, str], context: Context) -> Part:
    """What can be done to everything that the filters leave, on this page and the others."""
    state = choice.get("state")
    if state is None:
        return ()
    again = (
        buttons.after_a_question(context, "retry", "Send all of these again", **_of(choice)) if state in _OPEN else ()
    )
    if state == "registered":
        return buttons.row(_not_registered(choice, context))
    registered = buttons.after_a_question(context, "mark", "Mark all as registered", registered="yes", **_of(choice))
    return buttons.row(again, registered, _not_registered(choice, context) if state in _OPEN else ())


def _not_registered(choice: dict[str, str], context: Context) -> Part:
    return buttons.after_a_question(context, "mark", "Mark all as not registered", registered="no", **_of(choice))


def _of(choice: dict[str, str]) -> dict[str, str]:
    return {"subject": choice["target"], "state": choice["state"]} | (
        {"class": choice["class"]} if "class" in choice else {}
    )


def _choice(asked: Asked) -> dict[str, str]:
    agency, _ = agency_of(asked)
    chosen = {name: asked.query[name] for name in ("state", "class") if asked.query.get(name)}
    return {"target": agency.name, **chosen}


DOIS: ListPage[OneDoi] = ListPage(
    title="DOIs",
    plural="deposits",
    labels={"target": "For", "state": "State", "class": "Message"},
    rows=_rows,
    key=lambda one: one.key,
    facets=_facets,
    columns=(
        Column(heading="DOI", cell=name),
        Column(heading="State", cell=lambda one, _: meaning(one)),
        Column(heading="Since", cell=_since, is_labelled=True),
    ),
    document=document,
    csv=(
        "doi",
        "state",
        "class",
        "sentence",
        "message",
        "who",
        "file",
        "timestamp",
        "submission_id",
        "system",
        "changed",
    ),
    empty=lambda _: tag("p", "No article has a DOI yet. ", tag("code", "harvester check"), " says why."),
    before=_choice,
    above=_above,
    is_stacked=True,
)


# ------------------------------------------------------------------------------------------------- one DOI


class DoiHistory(Struct, frozen=True, kw_only=True):
    """A DOI with everything that is known of it at one agency."""

    target: str
    agency: str
    doi: OneDoi
    files: Sequence[DepositFile]
    history: Sequence[Event]
    at_agency: Sequence[AtAgency]


def _read(asked: Asked) -> DoiHistory:
    agency, system = agency_of(asked)
    store, row, files = asked.store, *_found(asked, agency, system)
    others = described.other_sides(store.registrations.of_states(agency.name, system, ["registered_with_conflict"]))
    seen = store.held_records.of_dois(agency.name, system, [row.doi])
    return DoiHistory(
        target=agency.name,
        agency=agency.title,
        doi=told(agency, row, system, others.get(fold_doi(row.doi))),
        files=files,
        history=store.submissions.history(agency.name, system, doi=row.doi),
        at_agency=[described.at_agency(found) for found in seen.values()],
    )


def _found(asked: Asked, agency: Agency, system: System) -> tuple[DoiRow, tuple[DepositFile, ...]]:
    """The DOI as it was entered, else as a DOI is usually written, and the files with it.

    A record may have anything as its DOI. Raises `BadRequest` and `NotFound`.
    """
    text = asked.query.get("doi", "").strip()
    cleaned = clean_doi(text)
    for doi in dict.fromkeys(filter(None, (text, cleaned))):
        (row,) = asked.store.registrations.rows(agency.name, system, [doi])
        files = asked.store.deposits.files(agency.name, doi)
        if row.record is not None or row.registration is not None or row.elsewhere_since is not None or files:
            return row, files
    if cleaned is None:
        raise BadRequest(f"{text or 'Nothing'} is not a DOI; write 10.12345/abc.")
    raise NotFound(f"The store has no DOI {cleaned}")


def _show(facts: DoiHistory, context: Context) -> Body:
    one, report = facts.doi, facts.doi.report
    resolver = f"https://doi.org/{report.doi}"
    return Body(
        title=report.doi,
        heading=foreign(report.doi),
        content=(
            tag("p", foreign(one.title), class_="lead") if one.title else (),
            parts.facts(
                ("Since", parts.moment(report.changed, context) if report.changed else ""),
                ("Resolves at", parts.outside(resolver, foreign(resolver))),
                ("Record", _record(one, context)),
                (f"Your version at {facts.agency}", _held(report, context)),
                ("Conflict with", _conflict(report, context)),
            ),
            parts.card(meaning(one), _message(report, facts.agency)),
            _actions(facts, context),
            _seen(facts, context),
            _files(facts, context),
            _history(facts, context),
        ),
    )


def _record(one: OneDoi, context: Context) -> Part:
    if one.record is None:
        return "no article has it"
    if not context.links.has("record"):
        return foreign(one.record)
    return tag("a", foreign(one.record), href=context.links.to("record", id=one.record, source=one.source))


def _held(report: DoiReport, context: Context) -> Part:
    if report.held is None:
        return ""
    file = (" in ", tag("code", foreign(PurePath(report.held.file).name))) if report.held.file else ()
    since = (", since ", parts.moment(report.held.since, context)) if report.held.since else ()
    return (tag("bdi", report.held.timestamp), file, since)


def _conflict(report: DoiReport, context: Context) -> Part:
    return [
        (", " if number else "", doi_link(doi, context)) for number, doi in enumerate(report.dois_in_conflict)
    ] or ""


def _message(report: DoiReport, agency: str) -> Part:
    """The agency's own words, below what they mean."""
    if not report.message:
        return ()
    number = f", submission {report.submission_id}" if report.submission_id else ""
    return tag("details", tag("summary", f"In the words of {agency}{number}"), parts.raw(report.message))


def _actions(facts: DoiHistory, context: Context) -> Part:
    of = {"subject": facts.target, "doi": facts.doi.report.doi}
    state = facts.doi.report.state
    again = buttons.after_a_question(context, "retry", "Send again", **of) if state != "never_sent" else ()
    is_registered = state in ("registered", "registered_with_conflict")
    other = "no" if is_registered else "yes"
    words_ = "Mark as not registered" if is_registered else "Mark as registered"
    return buttons.row(again, buttons.after_a_question(context, "mark", words_, registered=other, **of))


def _seen(facts: DoiHistory, context: Context) -> Part:
    lines = [tag("li", said) for one in facts.at_agency if any(said := _seen_words(one, facts, context))]
    if not lines:
        return ()
    return parts.section(f"As last seen at {facts.agency}", tag("ul", lines, class_="plain"), id_="seen")


def _seen_words(one: AtAgency, facts: DoiHistory, context: Context) -> tuple[Part, ...]:
    references = f" {counted(one.references, 'reference')}, {one.matched:,} with a DOI there." if one.references else ""
    if one.version is None:
        return (f"Not at {facts.agency}. " if described.is_missing(one, facts.doi.report) else "", references)
    return (f"Version {one.version}, read ", parts.moment(one.read, context), ".", references)


def _files(facts: DoiHistory, context: Context) -> Part:
    if not facts.files:
        return ()
    lines = [
        tag(
            "li",
            tag("a", foreign(file.batch_id), href=context.links.to("deposit", id=file.batch_id)),
            ", written ",
            parts.moment(file.written, context),
        )
        for file in reversed(facts.files)
    ]
    return parts.section("Files with it", tag("ul", lines, class_="plain"), id_="with")


def _history(facts: DoiHistory, context: Context) -> Part:
    return parts.section("What happened", events(facts.history, context), id_="history")


def events(history: Sequence[Event], context: Context) -> Part:
    """What happened, newest first."""
    if not history:
        return tag("p", "Nothing was sent yet.", class_="soft")
    items = [
        tag(
            "li",
            parts.moment(event.at, context),
            " ",
            tag("strong", event.state.replace("_", " ")),
            ": ",
            parts.prose(event.words),
        )
        for event in reversed(history)
    ]
    return tag("ol", items, class_="plain history")


def _document(facts: DoiHistory) -> Document:
    """As `deposits show DOI --json`."""
    return {
        "files": list(facts.files),
        "deposits": [facts.doi.report],
        "history": list(facts.history),
        "at_crossref": list(facts.at_agency),
    }


DOI: Page[DoiHistory] = Page(read=_read, show=_show, document=_document)
