"""The index of messages, from harvester/findings.toml: from what a person reads to what explains it."""

from __future__ import annotations

from docs.findings import escaped
from harvester.findings import Kind, kinds, outline

_HEAD = """\
# What the program says

{note}
Find the message that you see, and follow its code. `…` is a value of your record. `harvester explain CODE`
shows the same explanation.

- Messages of a harvest, alerts and `harvester status`: [When it needs you](operations.md#when-it-needs-you).
- Answers of Crossref: [What Crossref says about a deposit](deposit-messages.md); those of
  [DataCite](deposit-messages-datacite.md) and [DOAJ](deposit-messages-doaj.md).

| message | severity | code |
|---|---|---|
"""


def page(note: str) -> str:
    """The page in Markdown, by the first words of each message; `note` says where it comes from."""
    rows = sorted(kinds().items(), key=lambda row: _first_words(row[1]))
    return _HEAD.format(note=note) + "".join(_row(code, kind) for code, kind in rows)


def _first_words(kind: Kind) -> str:
    """The message as it is looked for: by its first letter, whatever value or quotation mark comes before."""
    return outline(kind).lstrip("\"“”…'( ").casefold()


def _row(code: str, kind: Kind) -> str:
    return f"| {escaped(outline(kind))} | {kind.severity} | [{code}](findings.md#{code}) |\n"
