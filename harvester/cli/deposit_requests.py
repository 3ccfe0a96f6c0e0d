"""`harvester deposits read` and `retry`: a log that came by mail, and what is to be sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from harvester import pipeline
from harvester.cli.common import Command, Common, pass_common, unknown
from harvester.cli.output import as_json
from harvester.cli.registered import of_target
from harvester.cli.terminal import echo
from harvester.counting import counted
from harvester.errors import ConfigError, HarvesterError
from harvester.identifiers import clean_doi
from harvester.registration import by_hand
from harvester.registration.by_hand import ReadLog
from harvester.registration.registrar import Agency, shown_agency, shown_system

if TYPE_CHECKING:
    from harvester.store import Store


@click.command("read", cls=Command)
@click.argument("path", metavar="FILE|-", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--file", "name", metavar="NAME", help="The deposit file that the log is about, if the log names none.")
@of_target
@pass_common
def read(common: Common, path: Path, name: str | None, target: str | None) -> int:
    """Reads a log that Crossref mailed, for those who upload by hand.

    FILE is the log, a mail with it, or a mailbox with several; - is standard input. A log that names no file, as after
    an upload that could not be read at all, needs --file.
    """
    config = common.load()
    agency = shown_agency(config, target)
    with click.open_file(str(path), "rb") as file:
        data = file.read()
    system = shown_system(config, agency)
    with pipeline.opened(config) as store:
        logs = by_hand.read_logs(config, store, agency, system, data, _now, name=name)
    if common.json:
        as_json(logs=logs)
    else:
        for log in logs:
            _print(common, log)
    if all(log.problem == by_hand.NAMES_NO_FILE for log in logs):
        return 2
    return 0 if any(log.problem is None for log in logs) else 1


def _print(common: Common, log: ReadLog) -> None:
    if log.problem:
        echo(f"{log.submission_id or log.batch_id or 'a log'}: {log.problem}", err=True)
        return
    states = ", ".join(f"{number:,} {state}" for state, number in sorted(log.states.items()))
    common.say(f"{PurePath(log.file or '').name} ({log.system}): {states or log.state}.")


@click.command("retry", cls=Command)
@click.argument("names", nargs=-1, metavar="[FILE|DOI]...")
@click.option("--class", "kind", metavar="CLASS", help="All that was refused with this class; deposits --json has it.")
@click.option("--login", "login", is_flag=True, help="Try the login again that was refused.")
@of_target
@pass_common
def retry(common: Common, names: tuple[str, ...], kind: str | None, login: bool, target: str | None) -> None:
    """Lets `deposit` send DOIs or files again that were refused, or whose fate is unknown.

    Your data count: they are sent with a higher version than the one that Crossref has.
    """
    if not (names or kind or login):
        raise click.UsageError("Name files or DOIs, or use --class or --login.")
    config = common.load()
    agency = shown_agency(config, target)
    if kind and kind not in agency.messages.entries:
        raise click.BadParameter(unknown("class", kind, list(agency.messages.entries)), param_hint="--class")
    terms, system, number = agency.terms(config), shown_system(config, agency), 0
    with pipeline.opened(config) as store:
        if login:
            if terms is None:
                raise ConfigError([agency.off])
            by_hand.release_login(config, store, agency, terms)
        dois = [doi for name in names if (doi := clean_doi(name))]
        if dois:
            number += by_hand.retry_dois(config, store, agency, system, dois, _now)
        for name in names:
            if clean_doi(name) is None:
                known = store.submissions.get(batch_of(store, agency, name), system)
                if known is None:
                    raise HarvesterError(f"{name} was not sent yet; harvester deposit sends it.")
                number += by_hand.retry_file(config, store, agency, known, _now)
        if kind:
            number += by_hand.retry_kind(config, store, agency, system, kind, _now)
    if common.json:
        as_json(retried=number)
    if names or kind:
        common.say(f"{counted(number, 'DOI')} to be sent or asked for. Next: harvester deposit.")
    else:
        common.say("The login is tried again. Next: harvester deposit.")


def batch_of(store: Store, agency: Agency, name: str) -> str:
    """The batch of a deposit file, by its path, its name or its id. Raises `HarvesterError`."""
    wanted = PurePath(name).name
    for file in store.deposits.files(agency.name):
        if wanted in (PurePath(file.path).name, file.batch_id):
            return file.batch_id
    raise HarvesterError(f"{name} is not a deposit file. `harvester deposits` lists the files.")


def _now() -> datetime:
    return datetime.now(UTC)
