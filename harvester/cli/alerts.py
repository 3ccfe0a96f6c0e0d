"""`harvester alerts`: whether mail and webhook work."""

from __future__ import annotations

import click

from harvester.cli.common import Common, Group, pass_common
from harvester.cli.output import as_json
from harvester.cli.terminal import echo


@click.group(cls=Group)
def command() -> None:
    """Looks after mail and webhook."""


@command.command("test")
@pass_common
def test(common: Common) -> int:
    """Sends a test by mail and webhook, as [alerts] says, and shows what happened."""
    from harvester.daemon.notifications import message, send_each

    config = common.load()
    text = "This is a test. Alerts from this machine reach you."
    outcomes = send_each(config.alerts, message(config, "a test", text, test=True))
    if common.json:
        as_json(outcomes=outcomes)
    else:
        for outcome in outcomes:
            echo(f"{outcome.way} to {outcome.to}: {outcome.error or 'accepted'}")
    if not outcomes:
        click.echo(
            "Neither mail nor webhook is configured. Set email_to, email_from and smtp_host, or webhook_url_env, under "
            "[alerts].",
            err=True,
        )
    return 0 if outcomes and not any(outcome.error for outcome in outcomes) else 1
