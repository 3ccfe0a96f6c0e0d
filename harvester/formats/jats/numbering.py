"""Volume, issue and pages as the source writes them (mapping J9)."""

from __future__ import annotations

import re
from typing import NamedTuple

from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.journal import unless_placeholder
from harvester.formats.jats.tree import Grouped, grouped
from harvester.formats.notes import Notes
from harvester.formats.pages import parse_pages

_AHEAD_OF_PRINT = re.compile(r"(?:online )?ahead(?: of print)?|00|early view|in press", re.IGNORECASE)


class WrittenPages(NamedTuple):
    """First page, last page and other pages as written, and the article number that replaces pages online."""

    first: str | None = None
    last: str | None = None
    other: str | None = None
    elocation_id: str | None = None


class WrittenIssue(NamedTuple):
    """Volume, issue number and issue title, as written."""

    volume: str | None = None
    issue: str | None = None
    title: str | None = None


def issue(groups: Grouped, notes: Notes) -> WrittenIssue:
    """Volume and issue. A supplement is part of the issue number. "Ahead of print" is not an issue."""
    group = next(iter(groups.get("volume-issue-group", ())), None)
    if group is not None:
        groups = {**grouped(group), **groups}
    volume = unless_placeholder(_first(groups, "volume"), "volume", notes)
    number = unless_placeholder(_first(groups, "issue"), "issue", notes)
    if number is not None and _AHEAD_OF_PRINT.fullmatch(number):
        notes.report("issue-ahead-of-print", "issue", number)
        number = None
    title = unless_placeholder(_first(groups, "issue-title"), "issue_title", notes)
    return WrittenIssue(volume, _with_supplement(number, groups), title)


def _with_supplement(number: str | None, groups: Grouped) -> str | None:
    part, supplement = _first(groups, "issue-part"), _first(groups, "supplement")
    if supplement and not any(map(str.isalpha, supplement)):
        supplement = f"Suppl. {supplement}"
    return " ".join(value for value in (number, part, supplement) if value) or None


def pages(groups: Grouped, notes: Notes) -> WrittenPages:
    """The pages as written. `page-range` replaces missing pages, and adds pages that are not contiguous."""
    first = unless_placeholder(_first(groups, "fpage"), "first_page", notes)
    last = unless_placeholder(_first(groups, "lpage"), "last_page", notes)
    elocation_id = unless_placeholder(_first(groups, "elocation-id"), "elocation_id", notes)
    written = unless_placeholder(_first(groups, "page-range"), "pages", notes)
    ranged = parse_pages(written) if written else None
    if ranged is not None:
        first, last = (first, last) if first else (ranged.first, ranged.last)
    elif written and first is None:
        first = written
    return WrittenPages(first, last, ranged.other if ranged else None, elocation_id)


def _first(groups: Grouped, name: str) -> str | None:
    return next((value for element in groups.get(name, ()) if (value := plain_text(element))), None)
