"""`/deposits/ID`: a deposit file with what became of each of its DOIs, its text, and the file itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from msgspec import Struct
from werkzeug.exceptions import NotFound

from harvester.documents import Document
from harvester.markup import Part, foreign, tag
from harvester.registration.file_states import IN_FLIGHT, NOT_SENT
from harvester.registration.registrar import AGENCIES, Agency, shown_system
from harvester.store import Event, FileLog, FileRow
from harvester.web import buttons, parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.kinds import Column, Download, Page
from harvester.web.pages import deposits, dois
from harvester.web.pages.dois import OneDoi

_SHOWN = 1000  # articles on the page; all are in the JSON
_LONGEST = 200_000  # characters of the file that are shown


class OneFile(Struct, frozen=True, kw_only=True):
    """A deposit file. `text` is its beginning, or `gone` says why there is none."""

    file: FileRow
    agency: str
    sends: bool
    dois: Sequence[OneDoi]
    history: Sequence[Event]
    logs: Sequence[FileLog]
    text: str = ""
    is_cut: bool = False
    gone: str | None = None


def _find(asked: Asked) -> tuple[Agency, FileRow]:
    for agency in AGENCIES.values():
        system = shown_system(asked.config, agency)
        found = asked.store.deposits.find_files(agency.name, system, batch_id=asked.path["id"])
        if found:
            return agency, found[0]
    raise NotFound(f"There is no deposit file {asked.path['id']}")


def _read(asked: Asked) -> OneFile:
    agency, file = _find(asked)
    system, store = shown_system(asked.config, agency), asked.store
    keys = [row.doi for row in store.deposits.rows_of_file(file.batch_id)]
    rows = store.registrations.rows(agency.name, system, keys) if keys else ()
    text, gone = "", None
    try:
        text = deposits.bytes_of(file).decode("utf-8", "replace")
    except NotFound as error:
        gone = error.description
    return OneFile(
        file=file,
        agency=agency.title,
        sends=agency.terms(asked.config) is not None,
        dois=[dois.told(agency, row, system) for row in rows],
        history=store.submissions.history(agency.name, system, batch_id=file.batch_id),
        logs=store.submissions.logs(file.batch_id, system),
        text=text[:_LONGEST],
        is_cut=len(text) > _LONGEST,
        gone=gone,
    )


def _show(one: OneFile, context: Context) -> Body:
    file = one.file
    return Body(
        title=file.batch_id,
        heading=foreign(file.batch_id),
        content=(
            parts.facts(
                ("For", tag("a", tag("bdi", one.agency), href=context.links.to("deposits", target=file.target))),
                ("State", deposits.file_state(file)),
                ("Since", parts.moment(file.since, context)),
                ("Written", parts.moment(file.written, context)),
                ("Articles", parts.number(file.records)),
                ("Changed since", parts.number(file.changed_since) if file.changed_since else ""),
                ("Size", deposits.size_words(file.size)),
                ("Schema", file.schema_version),
                ("Submission", file.submission_id or ""),
                ("Next look", parts.moment(file.next, context) if one.sends and file.next else ""),
                ("SHA-256", tag("code", file.sha256)),
                ("On the server", tag("code", foreign(file.path))),
            ),
            tag("p", foreign(file.answer), class_="notice") if file.answer else (),
            _actions(one, context),
            _articles(one, context),
            parts.section("What happened", dois.events(one.history, context), id_="history"),
            _logs(one, context),
            _text(one, context),
        ),
    )


def _actions(one: OneFile, context: Context) -> Part:
    """What a person can do with the file. The download is for everybody."""
    file = one.file
    of = {"subject": file.target, "file": file.batch_id}
    download = (
        tag("a", "Download", href=context.links.to("deposit-file", id=file.batch_id), class_="button")
        if not one.gone
        else ()
    )
    is_waiting, is_sent = file.state in NOT_SENT, file.state in IN_FLIGHT
    uploaded = buttons.after_a_question(context, "uploaded", "I uploaded it", **of) if is_waiting else ()
    log = buttons.after_a_question(context, "log", "Hand in its log", **of)
    registered = buttons.after_a_question(context, "mark", "Mark as registered", registered="yes", **of)
    open_ = any(doi.state in ("refused", "unaccounted", "uncertain") for doi in one.dois)
    again = buttons.after_a_question(context, "retry", "Send again", **of) if one.sends and (is_sent or open_) else ()
    return buttons.row(download, uploaded, log, registered if is_waiting or is_sent else (), again)


def _articles(one: OneFile, context: Context) -> Part:
    columns: tuple[Column[OneDoi], ...] = (
        Column(heading="DOI", cell=dois.name),
        Column(heading="State", cell=lambda doi, _: dois.meaning(doi)),
    )
    more = len(one.dois) - _SHOWN
    rest = tag("p", f"and {more:,} more, which are in the JSON") if more > 0 else ()
    table = parts.table(columns, one.dois[:_SHOWN], context, caption="Articles in the file", is_stacked=True)
    json = tag("a", "JSON", href=context.links.to("deposit.json", id=one.file.batch_id))
    return parts.section("Articles", table, rest, tag("p", "The same as ", json, class_="soft"), id_="articles")


def _logs(one: OneFile, context: Context) -> Part:
    if not one.logs:
        return ()
    shown = [
        tag(
            "details",
            tag("summary", f"Log of {log.name}, received ", parts.moment(log.received, context)),
            parts.raw(log.raw[:_LONGEST].decode("utf-8", "replace")),
        )
        for log in one.logs
    ]
    return parts.section(f"In the words of {one.agency}", shown, id_="logs")


def _text(one: OneFile, context: Context) -> Part:
    if one.gone:
        return parts.section("Its text", tag("p", parts.prose(one.gone), class_="notice"), id_="text")
    name = PurePath(one.file.path).name
    whole = tag("a", "Download the file", href=context.links.to("deposit-file", id=one.file.batch_id))
    cut = tag("p", "This is its beginning. ", whole, " for all of it.", class_="soft") if one.is_cut else ()
    return parts.section(
        "Its text", cut, tag("details", tag("summary", tag("code", foreign(name))), parts.raw(one.text)), id_="text"
    )


def _document(one: OneFile) -> Document:
    """As `deposits show FILE --json`, with the state of the file."""
    return {
        "files": [deposits.document(one.file)],
        "deposits": [doi.report for doi in one.dois],
        "history": list(one.history),
    }


FILE: Page[OneFile] = Page(read=_read, show=_show, document=_document)


def _download(asked: Asked) -> tuple[str, str, bytes]:
    _, file = _find(asked)
    return PurePath(file.path).name, "application/octet-stream", deposits.bytes_of(file)


DOWNLOAD = Download(read=_download)
