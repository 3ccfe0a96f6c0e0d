"""The report as one self-contained HTML page: without scripts, fonts, pictures or network access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from harvester import __version__
from harvester.counting import counted
from harvester.findings import WHO as FIXERS
from harvester.markup import Html, Part, foreign, tag
from harvester.registration.words import GROUPS
from harvester.report.facts import Group, HeldBackRecord, JournalShare, Report
from harvester.report.words import MEASURES, SEVERITIES, WHO
from harvester.reports import RecordFinding
from harvester.store import FormatStatus, SourceStatus

_STYLE = Html(Path(__file__).with_name("page.css").read_text(encoding="utf-8"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PARTS = {  # the work to do comes first
    "findings": "What to do",
    "held": "Held back",
    "completeness": "Completeness",
    "sources": "Sources",
}


def to_html(report: Report) -> str:
    """The page, as the text of an HTML file in UTF-8."""
    sections = [_findings(report), _held(report), _completeness(report)]
    if report.journal is None:
        sections.append(_sources(report))
    title = f"Harvest report, {_day(report.made)}"
    if report.journal is not None:
        title = f"{report.title}: {title[0].lower()}{title[1:]}"
    return document(title, _header(report), tag("main", sections))


def document(title: str, *parts: Part) -> str:
    """A whole page with these parts and a footer, as the text of an HTML file in UTF-8."""
    head = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", title),
        tag("style", _STYLE),
    )
    return f"<!DOCTYPE html>\n{tag('html', tag('head', head), tag('body', parts, _footer()), lang='en', dir='ltr')}\n"


def _header(report: Report) -> Html:
    anchors = [anchor for anchor in _PARTS if anchor != "sources" or report.journal is None]
    links = [tag("li", tag("a", _PARTS[anchor], href=f"#{anchor}")) for anchor in anchors]
    heading: Part = "Harvest report" if report.journal is None else foreign(report.title)
    return tag(
        "header",
        tag("h1", heading),
        tag("p", f"Made on {_minute(report.made)}. {_export_sentence(report)}", class_="soft"),
        _trouble(report),
        _tiles(report),
        tag("nav", tag("ul", links), aria_label="On this page"),
    )


def _trouble(report: Report) -> Part:
    """A line about sources whose last run failed, which are shown in full at the end of the page."""
    runs = [(source.source, status.last_run) for source in report.sources for status in source.formats]
    failing = list(dict.fromkeys(name for name, run in runs if run and run.error))
    if not failing:
        return ()
    names = [(", " if number else "", foreign(name)) for number, name in enumerate(failing)]
    details = tag("a", "Details", href="#sources")
    return tag("p", "The last harvest had problems: ", names, ". ", details, class_="error")


def _export_sentence(report: Report) -> str:
    if report.last_export is None:
        return "No deposit file has been written yet."
    return f"The last deposit file was written on {_minute(report.last_export)}."


def _tiles(report: Report) -> Html:
    tiles = (
        *_deposit_tiles(report),
        ("held back", report.held_count),
        ("deleted by the source", sum(source.deleted for source in report.sources)),
        ("findings", sum(group.count for group in report.findings)),
    )
    return tag(
        "dl",
        [
            tag("div", tag("dt", words), tag("dd", f"{number:,}"))
            for words, number in tiles
            if report.journal is None or words != "deleted by the source"  # which is known only for sources
        ],
        class_="tiles",
    )


def _deposit_tiles(report: Report) -> list[tuple[str, int]]:
    """How many articles are new, changed and deposited. This is known only for sources."""
    if report.journal is not None:
        return [("ready for deposit", ready_count(report))]
    return [
        ("new or changed", sum(one.new + one.changed for one in report.deposits)),
        ("deposited", sum(one.deposited + one.elsewhere for one in report.deposits)),
        *((words, report.registrations[state]) for state, words in GROUPS.items() if state in report.registrations),
        *([("references with a DOI at Crossref", report.matched)] if report.references else []),
    ]


def ready_count(report: Report) -> int:
    """How many articles are ready for deposit."""
    if report.journal is None:
        return sum(source.ready for source in report.sources)
    return sum(journal.current.articles + journal.back_file.articles for journal in report.journals)


def _section(anchor: str, words: str, *parts: Part) -> Html:
    heading = tag("h2", _PARTS[anchor], id=f"{anchor}-heading")
    return tag(
        "section", heading, tag("p", words, class_="soft"), parts, id=anchor, aria_labelledby=f"{anchor}-heading"
    )


def _footer() -> Html:
    return tag("footer", tag("p", f"Made by harvester {__version__}. The page loads nothing from elsewhere."))


# ------------------------------------------------------------------------------------------------- sources


def _sources(report: Report) -> Html:
    head = ("Source", "Format", "Live", "Deleted", "Last complete harvest", "Last run")
    rows = [row for source in report.sources for row in _source_rows(source)]
    heads = [tag("th", words, scope="col", class_=_numeric(words in ("Live", "Deleted"))) for words in head]
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows))
    return _section("sources", "Where the records come from, and how the last harvest went.", _card(_scroll(table)))


def _numeric(is_number: bool) -> str | None:
    return "number" if is_number else None


def _source_rows(source: SourceStatus) -> Iterator[Html]:
    name = tag("th", foreign(source.source), tag("br"), tag("span", foreign(source.url), class_="soft"), scope="row")
    if not source.formats:
        yield tag("tr", name, tag("td", "never harvested", colspan=5))
    for status in source.formats:
        yield tag("tr", name, _format_cells(status))


def _format_cells(status: FormatStatus) -> Iterator[Html]:
    yield tag("td", tag("code", status.prefix))
    yield tag("td", f"{status.live:,}", class_="number")
    yield tag("td", f"{status.deleted:,}", class_="number")
    yield tag("td", _minute(status.last_complete.started) if status.last_complete else "never")
    yield tag("td", _last_run(status))


def _last_run(status: FormatStatus) -> Part:
    run = status.last_run
    if run is None:
        return "never"
    counts = run.counts
    outcome = f"{run.state}: {counts.new:,} new, {counts.changed:,} changed, {counts.deleted:,} deleted"
    rejected = f", {counts.rejected:,} that could not be kept" if counts.rejected else ""
    error = tag("p", foreign(run.error), class_="error") if run.error else ""
    return (outcome, rejected, error)


# -------------------------------------------------------------------------------------------- completeness


def _completeness(report: Report) -> Html:
    words = (
        "The share of articles that have each kind of metadata, counted as Crossref's participation reports do, over "
        f"the articles ready for deposit. Current are {report.made.year - 2} to {report.made.year}, the back file is "
        "all before."
    )
    if not report.journals:
        return _section("completeness", words, _card(tag("p", "No article is ready for deposit yet.")))
    return _section("completeness", words, tag("div", map(journal_card, report.journals), class_="cards"))


def journal_card(journal: JournalShare, heading: str = "h3") -> Html:
    """How complete a journal is: a bar for each kind of metadata, with its percentage as text.

    `heading` is one level below the heading that the card is under.
    """
    named = () if journal.title == journal.journal else (foreign(journal.journal), " · ")
    counts = f"{journal.current.articles:,} current, {journal.back_file.articles:,} in the back file"
    parts = [("Current", journal.current), ("Back file", journal.back_file)]
    shown = {words: share for words, share in parts if share.articles}
    heads = (tag("td", ""), [tag("th", words, scope="col") for words in shown])
    rows = [
        tag("tr", tag("th", words, scope="row"), [_share(share.percent[name]) for share in shown.values()])
        for name, words in MEASURES.items()
    ]
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows), class_="shares")
    return tag(
        "article", tag(heading, foreign(journal.title)), tag("p", named, counts, class_="soft"), table, class_="card"
    )


def _share(percent: float) -> Html:
    number = tag("span", f"{_rounded(percent)} %", class_="number")
    return tag("td", tag("div", percent_bar(percent), number, class_="share"))


def percent_bar(percent: float) -> Html:
    """A bar that is full at 100, without a style of its own, which pages forbid. The number belongs next to it."""
    return tag(
        "svg",
        tag("rect", class_="rail", width="100", height="8"),
        tag("rect", class_="fill", width=f"{percent:.1f}", height="8"),
        class_="bar",
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _rounded(percent: float) -> str:
    """A rounded percentage. It is 0 only if no article has it, and 100 only if all have it."""
    return "<1" if 0 < percent < 1 else ">99" if 99 < percent < 100 else f"{percent:.0f}"


# ------------------------------------------------------------------------------------------------ findings


def _findings(report: Report) -> Html:
    words = "Problems of the records, by who can fix them. Those whose fix releases the most records come first."
    if not report.findings:
        return _section("findings", words, _card(tag("p", "Nothing found.")))
    return _section("findings", words, [_groups_of(who, report.findings) for who in WHO])


def _groups_of(who: str, findings: Sequence[Group]) -> Part:
    cards = [_group(group) for group in findings if group.who == who]
    if not cards:
        return ()
    first = tag("div", tag("h3", WHO[who], class_="who"), cards[0], class_="together")  # on one page when printed
    return (first, cards[1:])


def _group(group: Group) -> Html:
    title = tag(
        "div",
        tag("span", group.severity, class_=f"badge {group.severity}", title=SEVERITIES[group.severity]),
        tag("h4", foreign(group.message)),
        tag("span", counted(group.records, "record"), class_="count"),
        class_="title",
    )
    released = f"Fixing this releases {counted(group.frees, 'record')}." if group.frees else ""
    more = group.count - len(group.examples)
    is_common = "…" not in group.message
    examples = [tag("li", _example(one, without_message=is_common)) for one in group.examples]
    if more:
        examples.append(tag("li", f"and {more:,} more: ", tag("code", f"harvester check --code {group.code} --csv")))
    return _card(
        title,
        tag("p", released) if released else (),
        *(tag("p", tag("strong", "What to do: "), foreign(fix)) for fix in (group.fix, *group.more_fixes)),
        tag("p", tag("strong", "Cause: "), group.cause),
        tag("p", "Code: ", tag("code", group.code), class_="soft"),
        tag("details", tag("summary", "Examples"), tag("ul", examples), open=group.severity == "error"),
    )


def _example(example: RecordFinding, *, without_message: bool) -> Part:
    message = () if without_message else (tag("br"), foreign(example.message))
    return (
        _linked(example.title or "No title", example.link),
        " ",
        _record(example.record, example.source, example.doi),
        message,
    )


def _linked(title: str, link: str | None) -> Html:
    """A title that links to the record's landing page. Only http and https addresses become links."""
    if link is None or not link.startswith(("https://", "http://")):
        return foreign(title)
    return tag("a", foreign(title), href=link, rel="noopener noreferrer")


def _record(record: str, source: str, doi: str | None) -> Html:
    resolver = f"https://doi.org/{quote(doi, safe='/:;()._-')}" if doi else ""
    link = (" · ", tag("a", tag("code", foreign(doi)), href=resolver, rel="noopener noreferrer")) if doi else ()
    return tag("span", tag("code", foreign(record)), " in ", foreign(source), link, class_="soft")


# ------------------------------------------------------------------------------------------------ held back


def _held(report: Report) -> Html:
    verb = "is" if report.held_count == 1 else "are"
    words = f"{counted(report.held_count, 'record')} {verb} not deposited until these problems are fixed."
    if not report.held:
        return _section("held", "Every live record is ready for deposit.")
    more = report.held_count - len(report.held)
    rest = (f"and {more:,} more: ", tag("code", "harvester check --severity error --csv")) if more else ()
    return _section("held", words, map(_held_record, report.held), tag("p", rest) if more else ())


def _held_record(held: HeldBackRecord) -> Html:
    return _card(
        tag("h3", _linked(held.title or "No title", held.link)),
        tag("p", _record(held.record, held.source, held.doi), class_="soft"),
        [_reasons(who, words, held) for who, words in FIXERS.items()],
    )


def _reasons(who: str, words: str, held: HeldBackRecord) -> Part:
    sentences = [sentence for sentence, by in zip(held.sentences, held.who, strict=True) if by == who]
    if not sentences:
        return ()
    items = [tag("li", foreign(sentence)) for sentence in sentences]
    return (tag("p", "Who can fix it: ", tag("strong", words)), tag("ul", items, class_="reasons"))


# ------------------------------------------------------------------------------------------------- helpers


def _card(*parts: Part) -> Html:
    return tag("div", parts, class_="card")


def _scroll(table: Html) -> Html:
    """A frame in which a wide table scrolls on a small screen. The keyboard can reach it too."""
    return tag("div", table, class_="scroll", tabindex=0, role="region", aria_label="Table, scrolls sideways")


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
