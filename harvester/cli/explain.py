"""`harvester explain`: one finding, a message of an agency that deposits go to, or a list of all findings."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from harvester import catalogue
from harvester.cli.common import Command, Common, pass_common, unknown
from harvester.cli.output import as_json
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.findings import MEANING, WHO, Kind, example_remedy, kinds, outline
from harvester.registration.registrar import AGENCIES, Agency


@click.command(cls=Command)
@click.argument("code", required=False)
@pass_common
def command(common: Common, code: str | None) -> None:
    """Explains a finding: what it means, where it comes from, what to do, and who can do it.

    CODE can also be the class of a message of Crossref or another target, as `deposits --json` names it. Without
    CODE it lists all findings.
    """
    if code is None:
        _list(common)
        return
    if agencies := [agency for agency in AGENCIES.values() if code in agency.messages.entries]:
        _explain_message(common, code, agencies)
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


def _explain_message(common: Common, name: str, agencies: Sequence[Agency]) -> None:
    """Several agencies may have a message of this name, each with words of its own."""
    if common.json:
        as_json(messages=[_message(name, agency) for agency in agencies])
        return
    for agency in agencies:
        message = _message(name, agency)
        echo(f"{name} (what {agency.title} says about a deposit)")
        rows = {
            "says": message["sentence"],
            "to do": message["fix"],
            "who": agency.who(agency.messages.known(name).who),
        }
        for label, words in rows.items():
            echo(f"  {label:<8} {words}")


def _message(name: str, agency: Agency) -> dict[str, str]:
    entry = agency.messages.known(name)
    sentence, fix = catalogue.outline(entry)
    return {"target": agency.name, "class": name, "sentence": sentence, "fix": fix, "who": entry.who}


def _list(common: Common) -> None:
    if common.json:
        as_json(findings=[_document(code, kind) for code, kind in kinds().items()])
    else:
        table(("finding", "severity", "says"), [(code, kind.severity, outline(kind)) for code, kind in kinds().items()])


def _document(code: str, kind: Kind) -> dict[str, object]:
    document = {"code": code, **msgspec.structs.asdict(kind), "fix": example_remedy(kind)}
    del document["fills"]
    return document
