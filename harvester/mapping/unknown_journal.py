"""What to add to config.toml for a record that names no ISSN, so that it belongs to its journal (mapping D4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harvester.journals import Found
from harvester.model import Article, Finding, Hints, JournalFacts
from harvester.sets import outermost
from harvester.text import plain
from harvester.tomltext import as_toml

_MANY = 3  # tables; more are not listed


def issn_findings(article: Article, found: Found, sets: Sequence[str], hints: Hints) -> Iterator[Finding]:
    """The findings about an article whose journal is not known, with the lines of config.toml that would tell it."""
    if found.contradiction:
        value, assigned = found.contradiction
        yield Finding("issn-ambiguous", "journal.issns", value, {"assigned": assigned})
    elif not article.journal.issns:
        yield Finding("issn-missing", "journal.issns", detail=_lines(article, sets, hints))


def _lines(article: Article, sets: Sequence[str], hints: Hints) -> dict[str, str]:
    """The line for the set or source of the record and its table, and what the journal's title allows instead.

    If every configured journal has another title, this may be a journal that is not configured yet.
    """
    tables = _tables(hints.journals)
    title = next((plain(title.text) for title in article.journal.titles), None)
    untitled = {issn: facts for issn, facts in tables.items() if not facts.title}
    candidates = untitled or tables
    only = next(iter(candidates)) if len(candidates) == 1 else None
    wholes = outermost(sets)
    key = f"{as_toml(wholes[0])} =" if wholes else "journal ="
    may_be_new = title is not None and bool(tables) and not untitled
    return {
        "condition": f'if it belongs to [journals."{only}"], ' if only and may_be_new else "",
        "line": f'{key} "{only or "ISSN"}"',
        "table": ".journals" if wholes else "",
        "by_title": _by_title(title, candidates) if title else "",
        "otherwise": f'. If it is another journal, add a table [journals."ISSN"] with title = {as_toml(title)}'
        if title and may_be_new
        else "",
    }


def _tables(journals: Mapping[str, JournalFacts]) -> dict[str, JournalFacts]:
    """One ISSN of each configured journal with its facts."""
    tables: dict[str, JournalFacts] = {}
    for issn, facts in journals.items():
        if {facts.issn_print, facts.issn_electronic}.isdisjoint(tables):
            tables[issn] = facts
    return tables


def _by_title(title: str, candidates: Mapping[str, JournalFacts]) -> str:
    if not candidates:
        return f', or a table [journals."ISSN"] with title = {as_toml(title)}'
    names = (
        [f'[journals."{issn}"]' for issn in candidates] if len(candidates) <= _MANY else ["the table of its journal"]
    )
    return f", or other_titles = [{as_toml(title)}] under {' or '.join(names)}"
