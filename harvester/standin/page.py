"""The page at `/`: what this server is, and what it knows, for people in another process."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from harvester.standin.state import State

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A stand-in of Crossref</title></head><body>
<h1>A stand-in of Crossref</h1>
<p>This server is not Crossref. Nothing here is registered anywhere, and everything is lost when it ends.</p>
"""


def page(state: State) -> str:
    with state.lock:
        state.settle()
        return _HEAD + "\n".join(_lines(state)) + "\n</body></html>\n"


def _lines(state: State) -> Iterator[str]:
    yield from _table(
        "Accounts", ("login", "DOI prefixes"), ((a.login, ", ".join(a.prefixes)) for a in state.accounts.values())
    )
    titles = state.registry.all_titles()
    rows = ((title.title, ", ".join(title.issns), title.owner) for title in titles)
    yield from _table("Titles", ("title", "ISSN", "owner"), rows)
    now = state.now()
    files = ((str(each.number), each.file_name, each.login, str(each.stage(now))) for each in state.submissions)
    yield from _table("Submissions", ("id", "file", "login", "state"), files)
    for name in dict.fromkeys(each.file_name for each in state.submissions if each.processed):
        yield f'<p>Mailed: <a href="/mail/{quote(name, safe="")}">the result of {escape(name)}</a></p>'
    dois = ((each.doi, str(each.newest.number), each.owner) for each in state.registry.dois.values())
    yield from _table("DOIs", ("DOI", "version", "owner"), dois)


def _table(title: str, names: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"<h2>{title}</h2>"
    yield "<table>"
    yield _row("th", names)
    yield from (_row("td", row) for row in rows)
    yield "</table>"


def _row(tag: str, values: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(value)}</{tag}>" for value in values) + "</tr>"
