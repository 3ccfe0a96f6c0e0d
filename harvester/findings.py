"""The registry of findings: every possible problem of a record, by its stable code.

The texts are data, in findings.toml: severity, who can fix it, message, fix, cause, example.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from harvester.model import Finding
from harvester.text import fold
from harvester.tomltext import as_toml

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")  # gravest first
MEANING: dict[Severity, str] = {
    "error": "The record is held back until this is fixed.",
    "warning": "The record is exported, but please check it.",
    "info": "For information only.",
}
Who = Literal["source", "configuration", "command", "nobody"]
WHO: dict[Who, str] = {  # who can fix it, in words
    "source": "the journal, in its own system",
    "configuration": "you, in config.toml",
    "command": "you, with a command",
    "nobody": "nobody needs to",
}


PLANNED_DOI = "doi-planned"  # the article has no DOI and gets one, the value, when it is first exported


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of findings.toml.

    `message` and `fix` may contain {value}, {path} and the keys of the finding's `detail`; `fix` also {quoted}, the
    value as TOML, and {source} and {issn}, the names of the tables in config.toml. `fills` has examples of what `fix`
    contains, for explanations.
    """

    severity: Severity  # error: held back; warning: exported, to be checked; info: for information only
    who: Who
    message: str
    fix: str
    cause: str
    example: str
    fills: dict[str, str] = {}


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of finding by code, in the order of the file."""
    text = Path(__file__).with_name("findings.toml").read_text(encoding="utf-8")
    return {code: msgspec.convert(row, Kind) for code, row in tomllib.loads(text).items()}


_LONGEST_VALUE = 300  # characters in a message


class _EmptyDefault(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def sentence(finding: Finding) -> str:
    """The message of a finding with its values, of which long ones are cut short."""
    return kinds()[finding.code].message.format_map(_values(finding))


def remedy(finding: Finding, source: str, issn: str | None) -> str:
    """What to do about a finding of this source, on one line.

    `issn` names the table of the journal; `None` if it is not known.
    """
    values = _values(finding, source=source, issn=issn or "ISSN")
    values["quoted"] = as_toml(fold(finding.value))  # whole, because it is to be pasted
    fix = kinds()[finding.code].fix.format_map(values)
    return " ".join(fix.split())


def example_remedy(kind: Kind) -> str:
    """What to do about findings of a kind, with examples for the values of one."""
    return kind.fix.format_map({"source": "NAME", "issn": "1234-5679", **kind.fills})


def _values(finding: Finding, **more: str) -> dict[str, str]:
    """The values of a finding for its texts, of which long ones are cut short."""
    values = {**finding.detail, "path": finding.path, "value": finding.value, **more}
    return _EmptyDefault(
        (name, value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…")
        for name, value in values.items()
    )


class _EllipsisDefault(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def outline(kind: Kind) -> str:
    """The message of a kind, with … for the values of a finding."""
    return kind.message.format_map(_EllipsisDefault())


def is_blocking(finding: Finding) -> bool:
    """Whether the finding holds its record back."""
    return kinds()[finding.code].severity == "error"
