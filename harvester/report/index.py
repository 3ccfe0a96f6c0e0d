"""The index of several reports, each on one journal, those first with the most records held back."""

from __future__ import annotations

from collections.abc import Sequence

from harvester.markup import Html, Part, foreign, tag
from harvester.report.facts import Report
from harvester.report.page import document, ready_count

_HEADS = ("Journal", "Ready", "Held back", "What to do first")


def to_index_html(reports: Sequence[tuple[str, Report]]) -> str:
    """The page, with a link to the file of each report, as the text of an HTML file in UTF-8."""
    reports = sorted(reports, key=lambda one: -one[1].held_count)
    heads = [tag("th", words, scope="col") for words in _HEADS]
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", [_row(*one) for one in reports]))
    header = tag("header", tag("h1", "Harvest reports"), tag("p", "One page for each journal.", class_="soft"))
    frame = tag("div", table, class_="card scroll", tabindex=0, role="region", aria_label="Table, scrolls sideways")
    return document("Harvest reports", header, tag("main", frame))


def _row(file: str, report: Report) -> Html:
    name = tag("a", foreign(report.title), href=file)
    first: Part = foreign(report.findings[0].message) if report.findings else "Nothing"
    return tag(
        "tr",
        tag("th", name, tag("br"), tag("span", report.journal or "", class_="soft"), scope="row"),
        tag("td", f"{ready_count(report):,}", class_="number"),
        tag("td", f"{report.held_count:,}", class_="number"),
        tag("td", first),
    )
