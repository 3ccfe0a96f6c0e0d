"""Volume, issue and pages as the source writes them (mapping J9)."""

from __future__ import annotations

from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.tree import Grouped, grouped
from harvester.formats.notes import Notes
from harvester.formats.numbering import Numbering, settled
from harvester.formats.pages import Pages, are_reversed, parse_page, parse_pages, same_section
from harvester.identifiers import find_dois


def numbering(groups: Grouped, notes: Notes) -> Numbering:
    """Volume, issue, pages and article number. A supplement is part of the issue number."""
    group = next(iter(groups.get("volume-issue-group", ())), None)
    issue_groups = groups if group is None else {**grouped(group), **groups}
    written = Numbering(
        volume=_first(issue_groups, "volume"),
        issue=_first(issue_groups, "issue"),
        issue_title=_first(issue_groups, "issue-title"),
        first_page=_first(groups, "fpage"),
        last_page=_first(groups, "lpage"),
        other_pages=_first(groups, "page-range"),
        elocation_id=_article_number(_first(groups, "elocation-id"), notes),
    )
    real = settled(written, notes)
    pages = _pages(real, notes)
    return real._replace(
        issue=_with_supplement(real.issue, issue_groups),
        first_page=pages.first or None,
        last_page=pages.last,
        other_pages=pages.other,
    )


def _with_supplement(number: str | None, groups: Grouped) -> str | None:
    part, supplement = _first(groups, "issue-part"), _first(groups, "supplement")
    if supplement and not any(map(str.isalpha, supplement)):
        supplement = f"Suppl. {supplement}"
    return " ".join(value for value in (number, part, supplement) if value) or None


# ----------------------------------------------------------------------------------------------- pages


def _pages(written: Numbering, notes: Notes) -> Pages:
    """The pages of fpage, lpage and page-range. Each may contain more than one page; none may contain words."""
    first, last = _typed_pages(written.first_page, written.last_page, notes)
    ranged = parse_pages(written.other_pages) if written.other_pages else None
    if ranged is None:
        unknown = written.other_pages if first is None else None
        return _joined(first or (Pages(unknown) if unknown else None), last)
    return _combined(_joined(first, last), ranged)


def _typed_pages(fpage: str | None, lpage: str | None, notes: Notes) -> tuple[Pages | None, str | None]:
    """What fpage says, and the last page of lpage."""
    if fpage and lpage and same_section(fpage, lpage):
        return Pages(fpage), lpage
    first = _typed(fpage, "first_page", notes)
    pages = _typed(lpage, "last_page", notes)
    last = (pages.last or pages.first) if pages else None
    if lpage and first and are_reversed(first.first, last):
        notes.report("pages-unparsed", "last_page", lpage)
        return first, None
    return first, last


def _typed(value: str | None, path: str, notes: Notes) -> Pages | None:
    pages = parse_page(value) if value else None
    if value and pages is None:
        notes.report("pages-unparsed", path, value)
    return pages


def _joined(first: Pages | None, last: str | None) -> Pages:
    """The pages of fpage with the last page of lpage. Without a first page there is an empty one."""
    if first is None:
        return Pages("", last)
    return Pages(first.first, last if last is not None else first.last, first.other)


def _combined(pages: Pages, ranged: Pages) -> Pages:
    """The pages with a page-range. It repeats them, adds further pages, or begins with pages before them."""
    if not pages.first:
        return ranged
    if pages.first == ranged.first and pages.last in (None, ranged.last):
        return ranged
    if ranged.ends_include(pages.first) and (pages.last is None or ranged.ends_include(pages.last)):
        return ranged
    return Pages(pages.first, pages.last, ranged.other or pages.other)


def _article_number(value: str | None, notes: Notes) -> str | None:
    """The article number; `None` for a DOI or an address, which is reported."""
    if value and (find_dois(value) or "://" in value):
        notes.report("pages-unparsed", "elocation_id", value)
        return None
    return value


def _first(groups: Grouped, name: str) -> str | None:
    return next((value for element in groups.get(name, ()) if (value := plain_text(element))), None)
