"""The report as one HTML page that needs nothing else: no script, no font, no picture, no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from harvester import __version__
from harvester.report.facts import Group, HeldBackRecord, JournalShare, Report
from harvester.report.markup import Html, Part, foreign, tag
from harvester.report.words import MEASURES, SEVERITIES, WHO
from harvester.store import FormatStatus, SourceStatus

_STYLE = Html(Path(__file__).with_name("page.css").read_text(encoding="utf-8"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PARTS = {
    "sources": "Sources",
    "completeness": "Completeness",
    "findings": "Findings",
    "held": "Held back",
}


def to_html(report: Report) -> str:
    """The page, as the text of an HTML file in UTF-8."""
    head = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", f"Harvest report, {_day(report.made)}"),
        tag("style", _STYLE),
    )
    sections = (_sources(report), _completeness(report), _findings(report), _held(report))
    body = (_header(report), tag("main", sections), _footer())
    return f"<!DOCTYPE html>\n{tag('html', tag('head', head), tag('body', body), lang='en', dir='ltr')}\n"


def _header(report: Report) -> Html:
    links = [tag("li", tag("a", words, href=f"#{anchor}")) for anchor, words in _PARTS.items()]
    return tag(
        "header",
        tag("h1", "Harvest report"),
        tag("p", f"Made on {_minute(report.made)}. {_export_sentence(report)}", class_="soft"),
        _tiles(report),
        tag("nav", tag("ul", links), aria_label="On this page"),
    )


def _export_sentence(report: Report) -> str:
    if report.last_export is None:
        return "No deposit file has been written yet."
    return f"The last deposit file was written on {_minute(report.last_export)}."


def _tiles(report: Report) -> Html:
    tiles = (
        ("new or changed", sum(one.new + one.changed for one in report.deposits)),
        ("deposited", sum(one.deposited + one.elsewhere for one in report.deposits)),
        ("held back", report.held_count),
        ("deleted by the source", sum(source.deleted for source in report.sources)),
        ("findings", sum(group.count for group in report.findings)),
    )
    return tag(
        "dl", [tag("div", tag("dt", words), tag("dd", f"{number:,}")) for words, number in tiles], class_="tiles"
    )


def _section(anchor: str, words: str, *parts: Part) -> Html:
    heading = tag("h2", _PARTS[anchor], id=f"{anchor}-heading")
    return tag(
        "section", heading, tag("p", words, class_="soft"), parts, id=anchor, aria_labelledby=f"{anchor}-heading"
    )


def _footer() -> Html:
    return tag("footer", tag("p", f"Made by harvester {__version__}. The page holds all it shows and loads nothing."))


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
    return _section("completeness", words, tag("div", map(_journal, report.journals), class_="cards"))


def _journal(journal: JournalShare) -> Html:
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
        "article", tag("h3", foreign(journal.title)), tag("p", named, counts, class_="soft"), table, class_="card"
    )


def _share(percent: float) -> Html:
    fill = tag("span", "", class_="fill", style=f"width:{percent}%")
    rail = tag("div", fill, class_="rail", aria_hidden="true")
    return tag("td", tag("div", rail, tag("span", f"{_rounded(percent)} %", class_="number"), class_="share"))


def _rounded(percent: float) -> str:
    """A rounded percentage, but 0 only for none and 100 only for all."""
    return "<1" if 0 < percent < 1 else ">99" if 99 < percent < 100 else f"{percent:.0f}"


# ------------------------------------------------------------------------------------------------ findings


def _findings(report: Report) -> Html:
    words = "What is doubtful about the records, by who can mend it. An error holds its record back."
    if not report.findings:
        return _section("findings", words, _card(tag("p", "Nothing found.")))
    return _section("findings", words, [_groups_of(who, report.findings) for who in WHO])


def _groups_of(who: str, findings: Sequence[Group]) -> Part:
    groups = [group for group in findings if group.who == who]
    return (tag("h3", WHO[who], class_="who"), map(_group, groups)) if groups else ()


def _group(group: Group) -> Html:
    title = tag(
        "div",
        tag("span", group.severity, class_=f"badge {group.severity}", title=SEVERITIES[group.severity]),
        tag("h4", tag("code", group.code)),
        tag("span", f"{group.count:,}", class_="count", title="how often"),
        class_="title",
    )
    more = group.count - len(group.examples)
    examples = [
        tag("li", foreign(finding.message), " ", _record(finding.record, finding.source)) for finding in group.examples
    ]
    if more:
        examples.append(tag("li", f"and {more:,} more: ", tag("code", f"harvester check --code {group.code} --csv")))
    return _card(
        title,
        tag("p", tag("strong", "Where it comes from: "), group.cause),
        *(tag("p", tag("strong", "What to do: "), foreign(fix)) for fix in (group.fix, *group.more_fixes)),
        tag("details", tag("summary", "Examples"), tag("ul", examples), open=group.severity == "error"),
    )


def _record(record: str, source: str) -> Html:
    return tag("span", tag("code", foreign(record)), " in ", foreign(source), class_="soft")


# ------------------------------------------------------------------------------------------------ held back


def _held(report: Report) -> Html:
    count = "One record is" if report.held_count == 1 else f"{report.held_count:,} records are"
    words = f"{count} not deposited until what is said here is mended."
    if not report.held:
        return _section("held", "Every live record is ready for deposit.")
    more = report.held_count - len(report.held)
    rest = (f"and {more:,} more: ", tag("code", "harvester check --severity error --csv")) if more else ()
    return _section("held", words, map(_held_record, report.held), tag("p", rest) if more else ())


def _held_record(held: HeldBackRecord) -> Html:
    doi = (" · ", tag("code", foreign(held.doi))) if held.doi else ()
    sentences = held.sentences or ("It has no DOI.",)
    return _card(
        tag("h3", foreign(held.title or "No title")),
        tag("p", _record(held.record, held.source), doi, class_="soft"),
        tag("ul", [tag("li", foreign(sentence)) for sentence in sentences], class_="reasons"),
    )


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
