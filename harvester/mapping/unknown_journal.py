"""What to add to config.toml for a record that names no ISSN, so that it belongs to its journal (mapping D4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from harvester.journals import Found
from harvester.model import Article, Finding, Hints, JournalFacts
from harvester.sets import is_within
from harvester.text import plain

_MANY = 3  # tables; more are not listed


def issn_findings(article: Article, found: Found, sets: Sequence[str], hints: Hints) -> Iterator[Finding]:
    """The findings about an article whose journal is not known, with the lines of config.toml that would tell it."""
    if found.contradiction:
        value, assigned = found.contradiction
        yield Finding("issn-ambiguous", "journal.issns", value, {"assigned": assigned})
    elif not article.journal.issns:
        yield Finding("issn-missing", "journal.issns", detail=_lines(article, sets, hints))


def _lines(article: Article, sets: Sequence[str], hints: Hints) -> dict[str, str]:
    """The line for the set or source of the record, the table it belongs to, and the alternative by the title."""
    tables = _tables(hints.journals)
    issn = json.dumps(next(iter(tables)) if len(tables) == 1 else "ISSN")
    wholes = [name for name in sets if not any(other != name and is_within(name, other) for other in sets)]
    line, table = (
        (f"{json.dumps(wholes[0], ensure_ascii=False)} = {issn}", ".journals") if wholes else (f"journal = {issn}", "")
    )
    title = next((plain(title.text) for title in article.journal.titles), None)
    return {"line": line, "table": table, "by_title": _by_title(title, tables) if title else ""}


def _tables(journals: Mapping[str, JournalFacts]) -> dict[str, JournalFacts]:
    """One ISSN of each configured journal with its facts."""
    tables: dict[str, JournalFacts] = {}
    for issn, facts in journals.items():
        if {facts.issn_print, facts.issn_electronic}.isdisjoint(tables):
            tables[issn] = facts
    return tables


def _by_title(title: str, tables: Mapping[str, JournalFacts]) -> str:
    words = json.dumps(title, ensure_ascii=False)
    if not tables:
        return f', or a table [journals."ISSN"] with title = {words}'
    names = [f'[journals."{issn}"]' for issn in tables] if len(tables) <= _MANY else ["the table of its journal"]
    return f", or other_titles = [{words}] under {' or '.join(names)}"
