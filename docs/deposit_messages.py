"""The page of what Crossref says about DOIs and files, from harvester/crossref/client/messages.toml."""

from __future__ import annotations

from collections.abc import Iterator

from docs.findings import escaped, headings
from harvester.crossref.client import messages
from harvester.crossref.client.messages import WHO, Again, Entry, entries, outline

_HEAD = """\
# What Crossref says about a deposit

{note}
Crossref processes a file minutes or hours after it was received, and says about each DOI what became of it. Each
message belongs to one entry of this page. A message that belongs to none is [other](#other), and is shown as it is.

*Success* and *Warning* are registered. *Failure* is not registered by this file.

"""

AGAIN: dict[Again, str] = {
    "article": "when the data of the article change",
    "settings": "when one of these settings changes: {}",
    "time": "by itself, after some hours",
    "target": "by itself, after the DOI that the message names was registered",
    "retry": "when you request it",
}


def page(note: str) -> str:
    """The page in Markdown; `note` says where it comes from."""
    sections = (
        f"## {subject}\n\n" + "\n".join(_entry(name, entries()[name]) for name in names)
        for subject, names in headings(messages.__file__, "messages.toml")
    )
    return _HEAD.format(note=note) + "\n".join(sections)


def _entry(name: str, row: Entry) -> str:
    meaning, remedy = outline(row)
    return f"### {name}\n\n**{_registered(row)}**; who can act: {WHO[row.who]}\n\n> {escaped(meaning)}\n\n" + "".join(
        f"- {label}: {words}\n" for label, words in _facts(row, remedy)
    )


def _registered(row: Entry) -> str:
    if row.registered is None:
        return "registered, unless the status is Failure"
    return "registered" if row.registered else "not registered, the whole file" if row.whole_file else "not registered"


def _facts(row: Entry, remedy: str) -> Iterator[tuple[str, str]]:
    yield "What to do", escaped(remedy)
    yield "Sent again", ", or ".join(AGAIN[cause].format(", ".join(_setting(name) for name in row.settings))
                                     for cause in row.again)  # fmt: skip
    if row.examples:
        yield "Crossref writes", "; ".join(f"“{escaped(text)}”" for text in row.examples)
    else:
        yield "Crossref writes", "nothing of the kind: the program concludes it"


def _setting(name: str) -> str:
    table, _, key = name.partition(".")
    return f"`{key}` of " + ('`[journals."ISSN"]`' if table == "journals" else f"`[{table}]`")
