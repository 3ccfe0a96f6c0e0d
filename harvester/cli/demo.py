"""`harvester demo`: the whole process with articles of our own, or only their provider, or a stand-in of Crossref."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from harvester.checking.held_back import held_back_groups
from harvester.cli.common import Command, Common, pass_common
from harvester.cli.findings_list import print_findings
from harvester.cli.harvest import exit_code
from harvester.cli.invocation import program, short_path
from harvester.cli.output import as_json
from harvester.cli.progress import opened, shown
from harvester.cli.registered import print_states
from harvester.cli.signals import StopRequest, stop_on_signals
from harvester.cli.terminal import echo
from harvester.config import load
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.demo import crossref
from harvester.demo.run import Summary, run, serving
from harvester.demo.summary import deposited, ending, lines


@click.command(cls=Command)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where its configuration, store and deposit files go.",
)
@click.option("--serve", is_flag=True, help="Only run the provider, until Ctrl-C, for the other commands to try.")
@click.option("--crossref", "agency", is_flag=True, help="Only run a stand-in of Crossref, until Ctrl-C, for deposits.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port with --serve or --crossref; any free one."
)
@pass_common
def command(common: Common, folder: Path, serve: bool, agency: bool, port: int) -> int:
    """Harvests, checks, exports and deposits sample articles.

    A provider on this machine serves them over OAI-PMH, and a stand-in of Crossref on this machine receives the
    deposits. The second run requests only what is new, finds nothing, and sends nothing.
    """
    if serve and agency:
        raise click.UsageError("--serve and --crossref each run one server; run the command twice.")
    if serve or agency:
        (_serve_crossref if agency else _serve)(common, port)
        return 0
    with stop_on_signals(common) as stop, shown(common):
        summary = run(folder, now=lambda: datetime.now(UTC), stop=stop)
    if common.json:
        as_json(**{name: getattr(summary, name) for name in summary.__struct_fields__})
    elif not common.quiet:
        _print(common, summary)
    return stop.code(exit_code(summary.runs))


def _print(common: Common, summary: Summary) -> None:
    common.config = Path(short_path(summary.config))  # which the commands to copy are about
    for words in lines(summary):
        echo(words)
    config = load(summary.config)
    with opened(common, config) as store:
        with shown(common):
            groups = held_back_groups(config, store, list(store.findings.held_back()))
        print_findings(groups)
        if not groups:
            echo()  # after the line that says so; each group ends with an empty line
        for words in deposited(summary):
            echo(words)
        print_states(config, store, CROSSREF_AGENCY)
    echo()
    echo(ending(summary, program()), whole=True)


def _serve(common: Common, port: int) -> None:
    with serving(port) as server, stop_on_signals(common, "Stopped.") as stop:
        for path in server.repositories:
            echo(f"{server.root}{path}")
        common.say("Serving until Ctrl-C. Try: harvester source probe --allow-private with one of these addresses.")
        _wait(stop)


def _serve_crossref(common: Common, port: int) -> None:
    with crossref.serving(port) as server, stop_on_signals(common, "Stopped.") as stop:
        for words in crossref.introduction(server.root):
            echo(words, whole=True)
        common.say("Serving until Ctrl-C.")
        _wait(stop)


def _wait(stop: StopRequest) -> None:
    while not stop():
        time.sleep(0.1)
