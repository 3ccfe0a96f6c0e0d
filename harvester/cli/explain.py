"""`harvester explain`."""

from __future__ import annotations

import click
import msgspec

from harvester.cli.common import Command, Common, pass_common, unknown
from harvester.cli.output import as_json, line
from harvester.findings import kinds, outline

_MEANING = {
    "error": "The record is held back until this is mended.",
    "warning": "The record is deposited, and this is said.",
    "info": "This is only said.",
}
_WHO = {
    "source": "the journal, in its own system",
    "configuration": "you, in config.toml",
    "nobody": "nobody; it is as it is",
}


@click.command(cls=Command)
@click.argument("code")
@pass_common
def command(common: Common, code: str) -> None:
    """Explains a finding: what it means, where it comes from, what to do, and who can do it."""
    if code not in kinds():
        raise click.BadParameter(unknown("finding", code, list(kinds())), param_hint="CODE")
    kind = kinds()[code]
    if common.json:
        as_json(finding={"code": code, **msgspec.structs.asdict(kind)})
        return
    line(f"{code} ({kind.severity})")
    rows = {
        "says": outline(kind),
        "means": _MEANING[kind.severity],
        "cause": kind.cause,
        "to do": kind.fix,
        "who": _WHO[kind.who],
        "example": kind.example,
    }
    for name, words in rows.items():
        line(f"  {name:<8} {words}")
