"""`harvester doctor`: exit code 0 if nothing is wrong, 1 if something is."""

from __future__ import annotations

import click

from harvester import pipeline
from harvester.answers import Answer
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.terminal import echo
from harvester.registration.registrar import AGENCIES, sending_agencies


@click.command(cls=Command)
@click.option("--deep", is_flag=True, help="Read every stored payload and hold it against its hash.")
@pass_common
def command(common: Common, deep: bool) -> int:
    """Looks for damage in the store: its structure, its references, with --deep every byte that was received.

    It also asks each target that deposits are sent to, such as Crossref, whether the login works. That changes nothing
    there.
    """
    config = common.load()
    with opened(common, config) as store, shown(common):
        faults = store.check_integrity(deep=deep)
        logins = {one.name: pipeline.check_login(config, store, one) for one in sending_agencies(config)}
    kinds = {name: answer.kind for name, answer in logins.items() if answer}
    if common.json:
        as_json(faults=faults, login=kinds.get("crossref"), logins=kinds)
    else:
        for fault in faults:
            echo(fault)
    if faults:
        common.say("Stop the daemon and put a backup in the store's place: harvester restore FILE.")
    else:
        common.say("The store is sound." if deep else "The store is sound; --deep reads every payload too.")
    for name, answer in logins.items():
        if answer:
            common.say(login_words(AGENCIES[name].title, answer))
    return 1 if faults or "login_refused" in kinds.values() else 0


def login_words(title: str, answer: Answer) -> str:
    """What an agency said to the login."""
    if answer.kind == "accepted":
        return f"{title} accepts the login."
    said = f' It said: "{answer.text}"{"" if answer.text.endswith(".") else "."}' if answer.text else ""
    if answer.kind == "login_refused":
        return (
            f"{title} refuses the login.{said} Correct login, or the password in its file. The test and the live "
            "system have different logins, and letter case counts."
        )
    return f"{title} could not be asked about the login.{said}"
