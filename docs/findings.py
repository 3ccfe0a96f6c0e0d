"""The page of findings, from harvester/findings.toml: every possible problem of a record, with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import harvester
from harvester.findings import MEANING, SEVERITIES, WHO, Kind, example_remedy, kinds, outline

_SUBJECT = re.compile(r"^# -{10,} (.+)$")
_CODE = re.compile(r"^\[([a-z_-]+)\]$")

_HEAD = """\
# Findings

{note}
A finding is a possible problem in one record. `harvester check` lists those of your records, `harvester explain CODE`
prints one row of this page. Values are never guessed: a doubtful value is left out, or the record is held back.

"""


def page(note: str) -> str:
    """The page in Markdown; `note` says where it comes from."""
    sections = "\n".join(_section(subject, codes) for subject, codes in subjects())
    return _HEAD.format(note=note) + _counts() + "\n" + sections


def subjects() -> Iterator[tuple[str, list[str]]]:
    """The headings of findings.toml, each with the codes below it. Raises ValueError on a code above all headings."""
    return headings(harvester.__file__, "findings.toml")


def headings(module: str, name: str) -> Iterator[tuple[str, list[str]]]:
    """The headings of the file next to a module, each with the codes below it. Raises ValueError as `subjects`."""
    found: dict[str, list[str]] = {}
    for line in Path(module).with_name(name).read_text(encoding="utf-8").splitlines():
        if match := _SUBJECT.match(line):
            found[match[1]] = []
        elif match := _CODE.match(line):
            if not found:
                raise ValueError(f"{name}: {match[1]} is under no heading")
            found[next(reversed(found))].append(match[1])
    yield from found.items()


def _counts() -> str:
    rows = [f"- **{severity}**: {MEANING[severity]}\n" for severity in SEVERITIES]
    return "".join(rows)


def _section(subject: str, codes: list[str]) -> str:
    return f"## {subject}\n\n" + "\n".join(_row(code, kinds()[code]) for code in codes)


def _row(code: str, kind: Kind) -> str:
    return (
        f"### {code}\n\n"
        f"**{kind.severity}**; who can fix it: {WHO[kind.who]}\n\n"
        f"> {escaped(outline(kind))}\n\n"
        f"- Cause: {escaped(kind.cause)}\n"
        f"- Example: {escaped(kind.example)}\n"
        f"- What to do: {escaped(example_remedy(kind))}\n"
    )


def escaped(words: str) -> str:
    """Words with a backslash where Markdown would read markup. A command in backticks stays code."""
    return re.sub(r"`[^`|]+`|[*_<>\[\]`|\\]", lambda found: found[0] if len(found[0]) > 1 else "\\" + found[0], words)
