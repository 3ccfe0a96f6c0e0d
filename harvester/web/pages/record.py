"""`/record`: one record, with where each value came from, as sent, as article and as deposit, and its history."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

import msgspec
from msgspec import Struct
from werkzeug.exceptions import BadRequest, NotFound

from harvester import documents
from harvester.checking.worded import worded_finding
from harvester.config import Config
from harvester.deposits.export import preview
from harvester.deposits.target import TARGETS
from harvester.documents import Document
from harvester.errors import HarvesterError
from harvester.findings import WHO
from harvester.identifiers import clean_doi
from harvester.markup import Html, Part, foreign, tag
from harvester.model import to_json
from harvester.registration import described
from harvester.registration.registrar import AGENCIES, Agency, shown_agency, shown_system
from harvester.reports import DoiReport, RecordFinding
from harvester.standing.article import SENTENCES, ArticleState, facts_of, state_of
from harvester.store import DepositFile, DepositState, Event, FindingRow, RecordVersion, StoredArticle
from harvester.text import plain
from harvester.web import parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.fields import Field, fields
from harvester.web.kinds import Column, Download, Page
from harvester.web.pages.records import article_state
from harvester.xmltools import indented

LONGEST = 100_000  # characters of a text that are shown; all are in the download
_OPEN = 3  # earlier versions of a format whose text is shown
_VALUE = 400  # characters of a value in the table
_CHANGES = 200  # lines
_LARGEST = 60_000  # characters of a version that is compared


class Text(Struct, frozen=True):
    """The first characters of a text. `is_cut`: there are more."""

    text: str
    is_cut: bool = False


class Version(Struct, frozen=True):
    """A version of the record, its text, and what the version after it changed, line by line."""

    version: RecordVersion
    text: Text | None
    changes: tuple[str, ...] = ()


class OneRecord(Struct, frozen=True, kw_only=True):
    """All that the store knows of a record.

    `deposit` is its deposit as it would be written now, or else `problem` says why there is none. `doi`: what became of
    its DOI at the agency, with the `next_step` if there is one. `others` have its DOI or its identifier, too.
    """

    stored: StoredArticle
    state: ArticleState
    findings: tuple[RecordFinding, ...]
    rows: tuple[Field, ...]
    versions: tuple[Version, ...]
    article: Text | None
    deposit: Text | None
    problem: str | None
    deposits: tuple[DepositState, ...]
    files: tuple[DepositFile, ...]
    doi: DoiReport | None
    next_step: str | None
    events: tuple[Event, ...]
    agency: Agency
    others: tuple[StoredArticle, ...]
    document: Document


# --------------------------------------------------------------------------------------------------- reading


def _found(asked: Asked) -> list[StoredArticle]:
    """The records that the address names. Raises `NotFound` and `BadRequest`."""
    name, source = asked.query.get("id", "").strip(), asked.query.get("source") or None
    if not name:
        raise BadRequest("The parameter id must be an OAI identifier or a DOI.")
    articles = asked.store.articles
    found = articles.find(name, source) or articles.find(clean_doi(name) or "", source)
    if not found:
        raise NotFound(f"There is no record {parts.shortened(name, 100)}")
    return found


def _read(asked: Asked) -> OneRecord:
    stored, *others = _found(asked)
    store, config = asked.store, asked.config
    agency = shown_agency(config)
    system = shown_system(config, agency)
    states = store.deposits.states([stored, *others])
    deposits = states.get(stored.id, ())
    rows = list(store.registrations.rows(agency.name, system, [stored.doi])) if stored.doi else []
    row = rows[0] if rows else None
    known = row.registration if row else None
    findings = _findings(config, stored, deposits)
    deposit, problem = _deposit(asked, stored)
    also = [documents.of_article(other, states.get(other.id, ()), config.journal_tables) for other in others]
    return OneRecord(
        stored=stored,
        state=state_of(facts_of(stored, deposits, known.state if known else None)),
        findings=tuple(findings),
        rows=tuple(fields(stored.article, findings)),
        versions=tuple(_versions(asked, stored)),
        article=_shown(_article(stored).decode()) if stored.article else None,
        deposit=_shown(_readable(deposit)) if deposit else None,
        problem=problem,
        deposits=deposits,
        files=store.deposits.files(agency.name, stored.doi) if stored.doi else (),
        doi=described.describe(agency, row, system) if row and known else None,
        next_step=described.next_step(agency, row) if row else None,
        events=tuple(store.submissions.history(agency.name, system, doi=stored.doi)) if stored.doi else (),
        agency=agency,
        others=tuple(others),
        document={**documents.of_article(stored, deposits, config.journal_tables), "also": also},
    )


def _findings(config: Config, stored: StoredArticle, deposits: Sequence[DepositState]) -> list[RecordFinding]:
    article = stored.article
    issn = next((issn.value for issn in article.journal.issns), None) if article else None
    return [
        worded_finding(
            FindingRow(
                stored.source,
                stored.identifier,
                stored.doi,
                finding,
                issn=issn,
                deposit=deposits[-1] if deposits else None,
                title=plain(article.titles[0].text) if article and article.titles else None,
                landing_page=article.landing_page if article else None,
            ),
            config.journal_tables,
        )
        for finding in stored.findings
    ]


def _shown(text: str) -> Text:
    return Text(text[:LONGEST], len(text) > LONGEST)


def _article(stored: StoredArticle) -> bytes:
    return msgspec.json.format(to_json(stored.article), indent=2) if stored.article else b"null"


def _deposit(asked: Asked, stored: StoredArticle) -> tuple[bytes | None, str | None]:
    """The deposit as it would be written now, or why there is none."""
    if stored.article is None:
        return None, "The records contain no article, so there is nothing to deposit."
    if stored.deleted:
        return None, "The provider has deleted the record, so there is nothing to deposit."
    target = TARGETS[shown_agency(asked.config).name]
    try:
        return preview(asked.config, target, stored.article, now=asked.now), None
    except HarvesterError as error:
        return None, str(error)
    except (ValueError, TypeError, AttributeError, LookupError):
        return None, "What is missing holds the record back, so a deposit of it cannot be built yet."


def _readable(deposit: bytes) -> str:
    """A deposit for people. The download has it as it is written to files."""
    return (indented(deposit) if deposit.startswith(b"<") else deposit).decode()


def _versions(asked: Asked, stored: StoredArticle) -> list[Version]:
    """The versions, of which the newest ones of each format have their text, and what changed after the others."""
    found: list[Version] = []
    newer: str | None = None
    prefix, number = None, 0
    for version in asked.store.records.versions(stored.source, stored.identifier):
        number = number + 1 if version.prefix == prefix else 0
        newer = newer if version.prefix == prefix else None
        prefix = version.prefix
        content = _bytes(asked, stored, version) if number <= _OPEN else None
        text = content.decode("utf-8", "replace") if content is not None else None
        changes = _changes(text, newer) if text is not None and newer is not None else ()
        found.append(Version(version, None if text is None else _shown(text), changes))
        newer = text
    return found


def _bytes(asked: Asked, stored: StoredArticle, version: RecordVersion) -> bytes | None:
    return asked.store.records.version_bytes(stored.source, stored.identifier, version.prefix, version.number)


def _changes(older: str, newer: str) -> tuple[str, ...]:
    """The lines that went and came, by element; empty if the texts are too long to be compared in a moment."""
    if max(len(older), len(newer)) > _LARGEST:
        return ()
    before, after = (re.sub(r">\s*<", ">\n<", text).splitlines() for text in (older, newer))
    lines = list(difflib.unified_diff(before, after, lineterm="", n=0))
    return tuple(line for line in lines[2:] if not line.startswith("@@"))[:_CHANGES]


# --------------------------------------------------------------------------------------------------- showing


def _show(one: OneRecord, context: Context) -> Body:
    article = one.stored.article
    title = parts.shortened(plain(article.titles[0].text), 300) if article and article.titles else "No title"
    return Body(
        title=title,
        heading=foreign(title),
        content=(
            _summary(one, context),
            _reasons(one, context),
            _fields(one, context),
            _panes(one, context),
            _history(one, context),
            tag("p", "The same as ", tag("a", "JSON", href=_link(one, context, "record.json")), class_="soft"),
        ),
    )


def _link(one: OneRecord, context: Context, name: str, **more: object) -> str:
    return context.links.to(name, source=one.stored.source, id=one.stored.identifier, **more)


def _summary(one: OneRecord, context: Context) -> Part:
    stored, article = one.stored, one.stored.article
    resolver = f"https://doi.org/{quote(stored.doi, safe='/:;()._-')}" if stored.doi else None
    page = article.landing_page if article else None
    told = one.doi if one.state not in ("held_back", "deleted") else None
    sentence = parts.meaning(told, one.agency.name) if told else parts.prose(SENTENCES[one.state])
    system = f" ({one.doi.system} system)" if one.doi and one.doi.system != "live" else ""
    step = (
        tag("p", tag("strong", "What to do: "), parts.prose(one.next_step, _next_code(one)), class_="notice")
        if one.next_step
        else ()
    )
    others = [
        tag("li", tag("a", foreign(other.identifier), href=_other(other, context)), " in ", foreign(other.source))
        for other in one.others
    ]
    return (
        tag("p", article_state(one.state), " ", tag("span", sentence, system, class_="soft")),
        step,
        parts.facts(
            ("DOI", parts.outside(resolver, foreign(parts.shortened(stored.doi, 200))) if stored.doi else "none"),
            ("Landing page", parts.outside(page, foreign(parts.shortened(page, 200))) if page else "none"),
            ("Record", tag("code", foreign(stored.identifier))),
            ("Source", tag("a", foreign(stored.source), href=context.links.to("records", source=stored.source))),
            ("Formats", foreign(", ".join(stored.formats) or "none")),
        ),
        parts.card(tag("p", "Other records with this identifier or DOI:"), tag("ul", others)) if others else (),
    )


def _next_code(one: OneRecord) -> str:
    return f"{one.agency.name}-{one.doi.kind if one.doi else None}.next"


def _other(other: StoredArticle, context: Context) -> str:
    return context.links.to("record", source=other.source, id=other.identifier)


def _reasons(one: OneRecord, context: Context) -> Part:
    """What holds the record back, and what to do."""
    errors = [finding for finding in one.findings if finding.severity == "error"]
    if not errors or one.state == "deleted":
        return ()
    heading = "What holds it back" if one.state == "held_back" else "What is wrong"
    return parts.section(heading, [_reason(error, context) for error in errors], id_="reasons")


def _reason(finding: RecordFinding, context: Context) -> Html:
    return parts.card(
        tag("p", parts.state("bad", parts.finding(finding.code, finding.message))),
        tag("p", tag("strong", "What to do: "), parts.finding(finding.code, finding.fix, "fix")),
        tag("p", f"Who can do it: {WHO[finding.who]}. Code: ", _code(finding.code, context), class_="soft"),  # type: ignore[index]
    )


def _code(code: str, context: Context) -> Html:
    return tag("a", tag("code", code), href=context.links.to("finding", code=code))


# -------------------------------------------------------------------------------------------------- fields


def _fields(one: OneRecord, context: Context) -> Part:
    if not one.rows:
        return parts.section("Fields", tag("p", "There is no article in this record."), id_="fields")
    columns: Sequence[Column[Field]] = (
        Column(heading="Field", cell=lambda row, _: tag("span", row.name, title=row.path or None)),
        Column(heading="Value", cell=_value),
        Column(heading="Came from", cell=lambda row, _: tag("code", foreign(row.origin)) if row.origin else ""),
        *([Column(heading="Doubt", cell=_doubts)] if one.findings else []),
    )
    return parts.section(
        "Fields",
        tag("p", "What is doubtful comes first.", class_="soft") if one.findings else (),
        tag(
            "div",
            parts.table(columns, one.rows, context, caption="Fields of the article", is_stacked=True),
            class_="fields",
        ),
        id_="fields",
    )


def _value(row: Field, _: Context) -> Part:
    if row.value is None:
        return tag("span", "absent", class_="soft")
    lang = row.lang if row.lang and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", row.lang) else None
    return tag("bdi", parts.shortened(row.value, _VALUE), lang=lang)


def _doubts(row: Field, context: Context) -> Part:
    return [
        tag(
            "div",
            parts.state(_TONES[doubt.severity], parts.finding(doubt.code, doubt.message)),
            _fix(doubt) if doubt.severity == "warning" else (),  # errors are above
            tag("p", _code(doubt.code, context), class_="soft"),
            class_="doubt",
        )
        for doubt in row.doubts
    ]


def _fix(doubt: RecordFinding) -> Html:
    return tag("p", parts.finding(doubt.code, doubt.fix, "fix"), class_="soft")


_TONES: dict[str, parts.Tone] = {"error": "bad", "warning": "look", "info": "wait"}


# --------------------------------------------------------------------------------------------------- panes


def _panes(one: OneRecord, context: Context) -> Part:
    held = one.state == "held_back"
    note = "A preview: the record is held back, so no file has this." if held else "As it would be written now."
    panes = (
        _pane("As sent", "sent", _as_sent(one, context)),
        _pane("Article", "article", _text(one, context, one.article, "article-text", "record-article")),
        _pane(
            "Deposit",
            "deposit",
            tag("p", note, class_="notice" if held else "soft") if one.deposit else (),
            _text(one, context, one.deposit, "deposit-text", "record-deposit"),
            tag("p", parts.prose(one.problem)) if one.problem else (),
        ),
    )
    return tag("div", panes, class_="panes")


def _pane(heading: str, id_: str, *content: Part) -> Html:
    return parts.section(heading, content, id_=id_)


def _text(one: OneRecord, context: Context, text: Text | None, id_: str, name: str, **more: object) -> Part:
    """A text with what copies and downloads it."""
    if text is None:
        return ()
    cut = f"The first {LONGEST:,} characters; the download has all." if text.is_cut else ""
    return (
        tag(
            "p",
            tag("button", "Copy", type="button", data_copy=id_, data_copied="Copied", hidden=True),
            " ",
            tag("a", "Download", href=_link(one, context, name, **more), class_="button"),
            " ",
            tag("span", cut, class_="soft") if cut else (),
            class_="tools",
        ),
        tag("pre", tag("code", foreign(text.text), id=id_), dir="ltr", tabindex=0),
    )


def _as_sent(one: OneRecord, context: Context) -> Part:
    if not one.versions:
        return tag("p", "The store has no bytes of this record.")
    return [_version(number, version, one, context) for number, version in enumerate(one.versions)]


def _version(number: int, shown: Version, one: OneRecord, context: Context) -> Part:
    version, run = shown.version, tag("a", f"run {shown.version.run_id}", href=_run(shown.version.run_id, context))
    size = "deleted" if version.size is None else f"{version.size:,} bytes"
    repaired = f"; repaired: {', '.join(version.repairs)}" if version.repairs else ""
    line = (
        tag("code", foreign(version.prefix)),
        f", {size}, ",
        run,
        ", ",
        parts.moment(version.came, context),
        repaired,
    )
    values = {"format": version.prefix, **({} if version.number is None else {"version": version.number})}
    if shown.text is not None:
        text = _text(one, context, shown.text, f"sent-{number}", "record-sent", **values)
    elif version.size is not None:
        text = tag("p", tag("a", "Download", href=_link(one, context, "record-sent", **values)))
    else:
        text = ()
    if version.number is None:
        return (tag("p", line), text)
    return tag("details", tag("summary", "Earlier: ", line), text)


def _run(run_id: int, context: Context) -> str:
    return context.links.to("run", id=run_id)


# ------------------------------------------------------------------------------------------------- history


def _history(one: OneRecord, context: Context) -> Part:
    return parts.section(
        "History",
        tag("h3", "Brought by"),
        tag("ul", [_arrival(version, context) for version in one.versions], class_="plain"),
        tag("h3", "Deposit files"),
        _deposited(one, context),
        id_="history",
    )


def _arrival(shown: Version, context: Context) -> Html:
    version = shown.version
    replaced = version.replaced_by
    after = (", replaced by ", tag("a", f"run {replaced}", href=_run(replaced, context))) if replaced else ()
    lines = tag("pre", tag("code", foreign("\n".join(shown.changes))), dir="ltr", tabindex=0)
    changes = tag("details", tag("summary", "What then changed"), lines) if shown.changes else ()
    return tag(
        "li",
        parts.moment(version.came, context),
        " ",
        tag("a", f"run {version.run_id}", href=_run(version.run_id, context)),
        ", ",
        tag("code", foreign(version.prefix)),
        ", deleted" if version.deleted else f", datestamp {version.datestamp}",
        after,
        changes,
    )


def _deposited(one: OneRecord, context: Context) -> Part:
    marks = [
        tag("li", parts.moment(mark.elsewhere_since, context), " marked as deposited by another program")
        for mark in one.deposits
        if mark.elsewhere_since
    ]
    files = [
        tag("li", parts.moment(file.written, context), " in ", _file(file, context), _answer(one, file))
        for file in reversed(one.files)
    ]
    events = [tag("li", parts.moment(event.at, context), " ", parts.prose(event.words)) for event in one.events]
    if not marks and not files:
        return tag("p", "It is in no deposit file yet.")
    said = f"What {one.agency.title} said"
    return (
        tag("ul", files, marks, class_="plain"),
        (tag("h3", said), tag("ul", events, class_="plain")) if events else (),
    )


def _file(file: DepositFile, context: Context) -> Part:
    name = tag("code", foreign(PurePath(file.path).name))
    return tag("a", name, href=context.links.to("deposit", id=file.batch_id)) if context.links.has("deposit") else name


def _answer(one: OneRecord, file: DepositFile) -> Part:
    """The agency's answer, at the file that it is about."""
    if one.doi is None or one.doi.file != file.path:
        return ()
    number = f" (submission {one.doi.submission_id})" if one.doi.submission_id else ""
    return (": ", parts.meaning(one.doi, one.agency.name), number)


# ----------------------------------------------------------------------------------------------- downloads


def _file_name(stored: StoredArticle, suffix: str) -> str:
    """A name that every system accepts, made of the identifier."""
    return f"{re.sub(r'[^A-Za-z0-9.]+', '-', stored.identifier).strip('-.')[:80] or 'record'}{suffix}"


def _download_sent(asked: Asked) -> tuple[str, str, bytes]:
    stored, *_ = _found(asked)
    prefix, number = asked.query.get("format", ""), asked.number("version")
    content = asked.store.records.version_bytes(stored.source, stored.identifier, prefix, number)
    if content is None:
        raise NotFound("There is no such version of this record")
    return _file_name(stored, f".{re.sub(r'[^A-Za-z0-9_]+', '-', prefix)[:40]}.xml"), "application/xml", content


def _download_article(asked: Asked) -> tuple[str, str, bytes]:
    stored, *_ = _found(asked)
    return _file_name(stored, ".json"), "application/json", _article(stored)


def _download_deposit(asked: Asked) -> tuple[str, str, bytes]:
    stored, *_ = _found(asked)
    content, problem = _deposit(asked, stored)
    if content is None:
        raise NotFound(problem or "There is no deposit of this record")
    name = shown_agency(asked.config).name
    suffix = TARGETS[name].suffix if name in AGENCIES else ".xml"
    kind = "application/json" if suffix.endswith("json") else "application/xml"
    return _file_name(stored, f".{name}{suffix}"), kind, content


RECORD: Page[OneRecord] = Page(read=_read, show=_show, document=lambda one: one.document)
SENT = Download(read=_download_sent)
ARTICLE = Download(read=_download_article)
DEPOSIT = Download(read=_download_deposit)
