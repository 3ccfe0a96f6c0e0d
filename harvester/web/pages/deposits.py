"""`/deposits`: what is ready, what became of each DOI, and the deposit files; and the files as one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path, PurePath

import msgspec
from msgspec import Struct
from werkzeug.exceptions import BadRequest, NotFound

from harvester.answers import System
from harvester.config import Config
from harvester.counting import counted
from harvester.deposits.target import TARGETS, configured_targets
from harvester.documents import Document
from harvester.markup import Html, Part, foreign, tag
from harvester.registration import words
from harvester.registration.file_states import NOT_SENT
from harvester.registration.reader import content
from harvester.registration.registrar import AGENCIES, Agency, shown_agency, shown_system
from harvester.store import Account, DoiState, FileRow, FileState, OwnFile, SourceStatus
from harvester.web import buttons, charts, parts
from harvester.web.asked import Asked, Context
from harvester.web.charts import Bar
from harvester.web.chosen import remembered, remembered_in_time
from harvester.web.kinds import Chosen, Column, Download, Facet, ListPage, Value, facet
from harvester.web.pages.ask import files_not_sent, ready, ready_words

DOI_TONES: dict[DoiState, parts.Tone] = {
    "registered": "good",
    "registered_with_conflict": "look",
    "refused": "bad",
    "waiting": "wait",
    "uncertain": "look",
    "unaccounted": "look",
    "elsewhere": "good",
    "never_sent": "wait",
}
_FILE_TONES: dict[FileState, parts.Tone] = {
    "written": "look",
    "completed": "good",
    "superseded": "good",
    "throttled": "look",
    "unavailable": "look",
    "uncertain": "look",
    "lost": "look",
    "login_refused": "bad",
}
_STATES = {str(state): said for state, said in words.OF_FILE.items()}
_LARGEST_ZIP = 500_000_000  # bytes of the files in it


class Overview(Struct, frozen=True, kw_only=True):
    """What is above the files. What could not be counted within a second is `None`. `off`: why nothing is sent."""

    target: str
    title: str
    system: System
    is_configured: bool
    off: str | None
    ready: int | None
    held_back: int
    articles: int
    states: Mapping[DoiState, int] | None
    not_sent: int
    account: Account | None
    weeks: tuple[Bar, ...]


def agency_of(asked: Asked) -> tuple[Agency, System]:
    """The agency that the parameter `target` names, else the one to show. Raises `BadRequest`."""
    name = asked.query.get("target")
    if name and name not in AGENCIES:
        raise BadRequest(f"There is no target {name!r}. There are: {', '.join(AGENCIES)}.")
    agency = shown_agency(asked.config, name)
    return agency, shown_system(asked.config, agency)


# ------------------------------------------------------------------------------------------------- above the files


def _read_overview(asked: Asked) -> Overview:
    agency, system = agency_of(asked)
    status = asked.store.status()
    states = remembered_in_time(
        asked, ("states", agency.name, system), lambda: asked.store.registrations.numbers(agency.name, system)
    )
    weeks = _weeks(asked, agency)  # what takes longest comes last
    return Overview(
        target=agency.name,
        title=agency.title,
        system=system,
        is_configured=TARGETS[agency.name].is_configured(asked.config),
        off=agency.off if agency.terms(asked.config) is None else None,
        ready=remembered(asked, ("ready", agency.name), lambda: ready(asked, agency.name)).value,
        held_back=sum(one.held_back for one in status),
        articles=sum(map(_live, status)),
        states=states,
        not_sent=files_not_sent(asked, agency.name, system),
        account=asked.store.submissions.account(agency.name, system),
        weeks=weeks,
    )


def _weeks(asked: Asked, agency: Agency) -> tuple[Bar, ...]:
    since = asked.now - timedelta(weeks=charts.WEEKS)
    by_day = remembered_in_time(
        asked, ("by day", agency.name), lambda: asked.store.deposits.articles_by_day(agency.name, since)
    )
    return charts.weeks(by_day or {}, asked.now.date())


def _live(status: SourceStatus) -> int:
    return status.ready + status.held_back


def _show_overview(overview: Overview, context: Context) -> Part:
    return (
        _ready(overview, context),
        _login(overview, context),
        _states(overview, context),
        _over_time(overview, context),
        tag("h2", "Files", id="files"),
        _for_people_who_upload(overview, context),
    )


def _ready(overview: Overview, context: Context) -> Html:
    if not overview.is_configured:
        return parts.card(tag("p", _to_configure(overview), class_="lead"))
    held = f"{counted(overview.held_back, 'article')} of {overview.articles:,} held back." if overview.held_back else ""
    off = f"Nothing is sent by this program: {overview.off}" if overview.off else ""
    return parts.card(
        tag("p", ready_words(overview.ready, overview.title), class_="lead"),
        [tag("p", parts.prose(line), class_="soft") for line in (held, off) if line],
        _buttons(overview, context),
    )


def _to_configure(overview: Overview) -> Part:
    return (
        f"Nothing can be written for {overview.title} yet: config.toml has no table ",
        tag("code", f"[{overview.target}]"),
        ". You can look here meanwhile.",
    )


def _buttons(overview: Overview, context: Context) -> Part:
    has_work = overview.ready != 0
    write = buttons.after_a_question(context, "export", "Write files", subject=overview.target) if has_work else ()
    sends = overview.off is None and (has_work or overview.not_sent)
    send = buttons.after_a_question(context, "deposit", "Write and send", subject=overview.target) if sends else ()
    return buttons.row(send, write)


def _login(overview: Overview, context: Context) -> Part:
    account = overview.account
    if account is None or account.stopped is None:
        return ()
    refused = f"{overview.title} refuses the login: {account.answer}"
    again = buttons.after_a_question(context, "retry", "Try the login again", subject=overview.target, login="yes")
    return parts.card(tag("p", parts.state("bad", parts.prose(refused))), buttons.row(again))


def _states(overview: Overview, context: Context) -> Part:
    """The DOIs by state. The numbers add up to all DOIs of the store, and each leads to its list."""
    heading = f"DOIs at {overview.title}" + (", test system" if overview.system == "test" else "")
    if overview.states is None:
        sentence = tag("p", "The DOIs could not be counted within a second. ", _all_dois(overview, context))
        return parts.section(heading, sentence, id_="states")
    total = sum(overview.states.values())
    if not total:
        return parts.section(heading, tag("p", "No article has a DOI yet.", class_="soft"), id_="states")
    tiles = [
        tag("div", tag("dt", parts.state(DOI_TONES[state], name)), tag("dd", _number(overview, state, context)))
        for state, name in words.GROUPS.items()
        if state in overview.states
    ]
    return parts.section(
        heading,
        tag("dl", tiles, class_="tiles"),
        tag("p", f"{counted(total, 'DOI')} in all. ", _all_dois(overview, context), class_="soft"),
        id_="states",
    )


def _over_time(overview: Overview, context: Context) -> Part:
    """The articles in deposit files, week by week."""
    if not overview.weeks:
        return ()
    heading = "Articles in deposit files by week"
    chart = charts.show(overview.weeks, context, span="Week of", columns=("Articles",), caption=heading)
    return parts.section(heading, parts.card(chart), id_="weeks")


def _number(overview: Overview, state: DoiState, context: Context) -> Html:
    number = (overview.states or {})[state]
    return tag("a", parts.number(number), href=context.links.to("dois", target=overview.target, state=state))


def _all_dois(overview: Overview, context: Context) -> Html:
    return tag("a", "All DOIs", href=context.links.to("dois", target=overview.target))


def _for_people_who_upload(overview: Overview, context: Context) -> Part:
    """What people need who upload files themselves."""
    if not overview.not_sent and overview.off is None:
        return ()
    number = overview.not_sent
    zipped = (
        tag(
            "a",
            f"Download {'the file' if number == 1 else f'all {number:,} files'} not sent (ZIP)",
            href=context.links.to("deposits-zip", target=overview.target),
            class_="button",
        )
        if number
        else ()
    )
    log = buttons.after_a_question(context, "log", "Hand in a log", subject=overview.target)
    return buttons.row(zipped, log)


# ------------------------------------------------------------------------------------------------- the files


def _rows(asked: Asked, chosen: Chosen) -> Sequence[FileRow]:
    agency, system = agency_of(asked)
    state = chosen.get("state")
    return asked.store.deposits.find_files(
        agency.name,
        system,
        states=[state] if state else (),
        before=chosen.after_number(),
        limit=chosen.limit,
    )


def _facets(asked: Asked, chosen: Chosen) -> Sequence[Facet]:  # noqa: ARG001 — a facet needs no other filter
    agency, system = agency_of(asked)
    states = asked.store.deposits.count_files(agency.name, system)
    return (
        targets(asked.config),
        facet("state", "State", states, _STATES),
    )


def targets(config: Config) -> Facet:
    """The targets that have settings."""
    names = [target.name for target in configured_targets(config) if target.name in AGENCIES]
    return Facet(name="target", label="For", values=[Value(name, AGENCIES[name].title) for name in names])


def _name(file: FileRow, context: Context) -> Part:
    return tag("a", foreign(file.batch_id), href=context.links.to("deposit", id=file.batch_id))


def file_state(file: FileRow) -> Part:
    """The state of a file; of a processed one, those of its DOIs."""
    if file.state == "completed" and file.dois:
        return [
            tag("div", parts.state(DOI_TONES[state], f"{file.dois[state]:,} {name}"))
            for state, name in words.GROUPS.items()
            if state in file.dois
        ]
    return parts.state(_FILE_TONES.get(file.state, "wait"), words.OF_FILE[file.state])


def size_words(size: int) -> str:
    """`512 bytes`, `12 kB`, `3.4 MB`."""
    if size < 1000:
        return counted(size, "byte")
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def document(file: FileRow) -> Document:
    return msgspec.structs.asdict(file)


def _nothing(context: Context) -> Part:  # noqa: ARG001 — every list gets it
    return tag("p", "No deposit file was written yet. ", tag("code", "harvester export"), " writes what is ready.")


FILES: ListPage[FileRow] = ListPage(
    title="Deposits",
    plural="files",
    labels={"target": "For", "state": "State"},
    rows=_rows,
    key=lambda file: file.timestamp,
    facets=_facets,
    columns=(
        Column(heading="File", cell=_name),
        Column(heading="Written", cell=lambda file, context: parts.moment(file.written, context), is_labelled=True),
        Column(heading="Articles", cell=lambda file, _: parts.number(file.records), is_number=True),
        Column(heading="Changed since", cell=lambda file, _: parts.number(file.changed_since), is_number=True),
        Column(heading="Size", cell=lambda file, _: size_words(file.size), is_number=True),
        Column(heading="Schema", cell=lambda file, _: file.schema_version, is_labelled=True),
        Column(heading="State", cell=lambda file, _: file_state(file)),
    ),
    document=document,
    csv=(
        *("batch_id", "target", "path", "written", "records", "changed_since", "size", "schema_version", "sha256"),
        *("state", "since", "submission_id", "answer"),
    ),
    empty=_nothing,
    before=_read_overview,
    above=_show_overview,
    is_stacked=True,
)


# ------------------------------------------------------------------------------------------------- all in one ZIP


def bytes_of(file: FileRow) -> bytes:
    """The bytes of a file as they were written. Raises `NotFound` if they are gone or were changed."""
    own = OwnFile(batch_id=file.batch_id, version=int(file.timestamp), path=file.path, sha256=file.sha256)
    data = content(own)
    if isinstance(data, str):
        raise NotFound(f"{PurePath(file.path).name} cannot be downloaded: {data}")
    return data


def _zip(asked: Asked) -> tuple[str, str, bytes]:
    agency, system = agency_of(asked)
    files = asked.store.deposits.find_files(agency.name, system, states=sorted(NOT_SENT))
    if not files:
        raise NotFound("There is no file that was not sent")
    if sum(file.size for file in files) > _LARGEST_ZIP:
        raise BadRequest(f"The files are too large for one ZIP; they are in {Path(files[0].path).parent}.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in reversed(files):  # oldest first, in which order they are to be uploaded
            moment = file.written.timetuple()[:6]
            archive.writestr(zipfile.ZipInfo(PurePath(file.path).name, moment), bytes_of(file), zipfile.ZIP_DEFLATED)
    return f"{agency.name}-{asked.now:%Y%m%d-%H%M}.zip", "application/zip", packed.getvalue()


ZIP = Download(read=_zip)
