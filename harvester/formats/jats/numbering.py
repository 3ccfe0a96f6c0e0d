"""Volume, issue and pages as the source writes them (mapping J9)."""

from __future__ import annotations

import re
from typing import NamedTuple

from harvester.formats.jats.inline import words
from harvester.formats.jats.journal import filled_in
from harvester.formats.jats.tree import Grouped, grouped
from harvester.formats.notes import Notes
from harvester.formats.pages import parse_pages

_AHEAD = re.compile(r"(?:online )?ahead(?: of print)?|00|early view|in press", re.IGNORECASE)


class Pages(NamedTuple):
    """First and last page as written, further ones, and the number that stands for pages online."""

    first: str | None = None
    last: str | None = None
    other: str | None = None
    elocation_id: str | None = None


class Issue(NamedTuple):
    """Volume, number and title of the issue, as written."""

    volume: str | None = None
    issue: str | None = None
    title: str | None = None


def issue(groups: Grouped, notes: Notes) -> Issue:
    """Volume and issue; a supplement is part of the issue's number. An issue "ahead of print" is none."""
    group = next(iter(groups.get("volume-issue-group", ())), None)
    if group is not None:
        groups = {**grouped(group), **groups}
    volume = filled_in(_first(groups, "volume"), "volume", notes)
    number = filled_in(_first(groups, "issue"), "issue", notes)
    if number is not None and _AHEAD.fullmatch(number):
        notes.report("issue-ahead-of-print", "issue", number)
        number = None
    title = filled_in(_first(groups, "issue-title"), "issue_title", notes)
    return Issue(volume, _with_supplement(number, groups), title)


def _with_supplement(number: str | None, groups: Grouped) -> str | None:
    part, supplement = _first(groups, "issue-part"), _first(groups, "supplement")
    if supplement and not any(map(str.isalpha, supplement)):
        supplement = f"Suppl. {supplement}"
    return " ".join(each for each in (number, part, supplement) if each) or None


def pages(groups: Grouped, notes: Notes) -> Pages:
    """The pages as written; a page range fills in for pages not given, and names those that do not follow on."""
    first = filled_in(_first(groups, "fpage"), "first_page", notes)
    last = filled_in(_first(groups, "lpage"), "last_page", notes)
    elocation_id = filled_in(_first(groups, "elocation-id"), "elocation_id", notes)
    written = filled_in(_first(groups, "page-range"), "pages", notes)
    ranged = parse_pages(written) if written else None
    if ranged is not None:
        first, last = (first, last) if first else (ranged.first, ranged.last)
    elif written and first is None:
        first = written
    return Pages(first, last, ranged.other if ranged else None, elocation_id)


def _first(groups: Grouped, name: str) -> str | None:
    return next((found for each in groups.get(name, ()) if (found := words(each))), None)
