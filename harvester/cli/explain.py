"""`harvester explain`: one finding, a message of Crossref, or a list of all findings."""

from __future__ import annotations

import click
import msgspec

from harvester.cli.common import Command, Common, pass_common, unknown
from harvester.cli.output import as_json
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.crossref.client import messages
from harvester.findings import MEANING, WHO, Kind, example_remedy, kinds, outline


@click.command(cls=Command)
@click.argument("code", required=False)
@pass_common
def command(common: Common, code: str | None) -> None:
    """Explains a finding: what it means, where it comes from, what to do, and who can do it.

    CODE can also be the class of a message of Crossref, as `deposits --json` names it. Without CODE it lists all
    findings.
    """
    if code is None:
        _list(common)
        return
    if entry := messages.entry(code):
        _explain_message(common, code, entry)
        return
    if code not in kinds():
        message = f"{unknown('finding', code, list(kinds()))} harvester explain lists them all."
        raise click.BadParameter(message, param_hint="CODE")
    kind = kinds()[code]
    if common.json:
        as_json(finding=_document(code, kind))
        return
    echo(f"{code} ({kind.severity})", tone=kind.severity)
    rows = {
        "says": outline(kind),
        "means": MEANING[kind.severity],
        "cause": kind.cause,
        "to do": example_remedy(kind),
        "who": WHO[kind.who],
        "example": kind.example,
    }
    for name, words in rows.items():
        echo(f"  {name:<8} {words}")


def _explain_message(common: Common, name: str, entry: messages.Entry) -> None:
    sentence, next_step = messages.outline(entry)
    rows = {"says": sentence, "to do": next_step, "who": messages.WHO[entry.who]}
    if common.json:
        as_json(message={"class": name, "sentence": sentence, "fix": next_step, "who": entry.who})
        return
    echo(f"{name} (what Crossref says about a deposit)")
    for label, words in rows.items():
        echo(f"  {label:<8} {words}")


def _list(common: Common) -> None:
    if common.json:
        as_json(findings=[_document(code, kind) for code, kind in kinds().items()])
    else:
        table(("finding", "severity", "says"), [(code, kind.severity, outline(kind)) for code, kind in kinds().items()])


def _document(code: str, kind: Kind) -> dict[str, object]:
    document = {"code": code, **msgspec.structs.asdict(kind), "fix": example_remedy(kind)}
    del document["fills"]
    return document
