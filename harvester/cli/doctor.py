"""`harvester doctor`: exit code 0 if nothing is wrong, 1 if something is."""

from __future__ import annotations

import click

from harvester import pipeline
from harvester.answers import Answer
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.terminal import echo
from harvester.crossref.agency import CROSSREF_AGENCY


@click.command(cls=Command)
@click.option("--deep", is_flag=True, help="Read every stored payload and hold it against its hash.")
@pass_common
def command(common: Common, deep: bool) -> int:
    """Looks for damage in the store: its structure, its references, with --deep every byte that was received.

    If deposits are sent, it also asks Crossref whether the login works. That changes nothing there.
    """
    config = common.load()
    with opened(common, config) as store, shown(common):
        faults = store.check_integrity(deep=deep)
        login = pipeline.check_login(config, store, CROSSREF_AGENCY)
    if common.json:
        as_json(faults=faults, login=login.kind if login else None)
    else:
        for fault in faults:
            echo(fault)
    if faults:
        common.say("Stop the daemon and put a backup in the store's place: harvester restore FILE.")
    else:
        common.say("The store is sound." if deep else "The store is sound; --deep reads every payload too.")
    if login:
        common.say(login_words(login))
    return 1 if faults or (login and login.kind == "login_refused") else 0


def login_words(answer: Answer) -> str:
    """What Crossref said to the login."""
    if answer.kind == "accepted":
        return "Crossref accepts the login."
    said = f' It said: "{answer.text}"{"" if answer.text.endswith(".") else "."}' if answer.text else ""
    if answer.kind == "login_refused":
        return (
            f"Crossref refuses the login.{said} Correct login, or the password in its file. The test and the live "
            "system have different logins, and letter case counts."
        )
    return f"Crossref could not be asked about the login.{said}"
