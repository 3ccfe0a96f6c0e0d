"""The command `harvester` itself: its subcommands, and how it ends."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TextIO

import click

from harvester import __version__
from harvester.cli.common import Common, Group
from harvester.cli.invocation import as_called
from harvester.cli.signals import Terminated, ended_by_sigterm
from harvester.cli.terminal import echo
from harvester.errors import HarvesterError

REPORT = "This is an error in the program, and nothing of the store is lost by it."
INTERRUPTED, TERMINATED = 130, 143  # 128 + SIGINT and SIGTERM, as in shells
BROKEN_PIPE = 141  # 128 + SIGPIPE: the reader of our output is gone

COMMANDS = {
    name: (f"harvester.cli.{name}", line)
    for name, line in {
        "init": "Write a first config.toml.",
        "demo": "Try the whole process with sample articles.",
        "config": "Check the configuration.",
        "source": "List, probe, add, test, rename and forget sources.",
        "harvest": "Harvest sources into the store.",
        "reconcile": "Compare the store with the provider's whole list.",
        "remap": "Rebuild the articles from the stored records.",
        "check": "List the problems of the records.",
        "report": "Show how complete the articles are and what to do.",
        "explain": "Explain a finding by its code.",
        "show": "Show a record, its article or its deposit.",
        "export": "Write Crossref deposit files.",
        "deposit": "Send what is new or changed to Crossref, and read the results.",
        "dois": "List the DOIs that this program assigns, and take them back.",
        "deposits": "Say what became of each DOI, and retry, mark or read results.",
        "drift": "Compare what Crossref holds with what was sent.",
        "schemas": "Install and list Crossref's schemas.",
        "docs": "Read the documentation.",
        "status": "Show the state of each source.",
        "runs": "List the last harvests, or show one.",
        "schedule": "Show when each source is harvested next.",
        "daemon": "Harvest and export by schedule until stopped.",
        "serve": "Serve the web page.",
        "web": "Set the passwords of the web page.",
        "alerts": "Test mail and webhook.",
        "health": "Check whether the daemon works.",
        "metrics": "Write metrics for Prometheus.",
        "backup": "Copy the store while it is in use.",
        "restore": "Put a copy in the place of the store.",
        "store": "Copy the store into another kind of database.",
        "doctor": "Look for damage in the store.",
        "prune": "Delete old versions and superseded records.",
    }.items()
}


class Program(Group):
    """The outermost command, which turns every way of ending into an exit code."""

    def main(self, args: Any = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        common = Common()
        extra |= {"obj": common, "standalone_mode": False}
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # works on terminals that are not UTF-8
        run = super().main
        with ended_by_sigterm():
            code = _exit_code(lambda: run(args, prog_name or "harvester", **extra), common)
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _discard(sys.stdout)
            return BROKEN_PIPE


def _exit_code(run: Callable[[], Any], common: Common) -> int:
    """Runs a command, prints how it failed if it did, and returns its exit code."""
    try:
        code = run()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as abort:
        echo("Stopped. What was complete is kept.", err=True)
        return TERMINATED if isinstance(abort.__cause__, Terminated) else INTERRUPTED
    except HarvesterError as error:
        echo(as_called(f"{error}", common.config), err=True)
        if common.verbose:
            traceback.print_exc()
        return error.exit_code
    except OSError as error:
        _discard(sys.stdout)
        reason = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
        echo(f"A file or the output cannot be written or read ({reason}); fix that and start again.", err=True)
        if common.verbose:
            traceback.print_exc()
        return 1
    except Exception as error:
        _report(error, common)
        return 1


def _discard(stream: TextIO) -> None:
    """Redirects a stream that cannot be written to /dev/null: its buffer is flushed at exit and would fail again."""
    with suppress(OSError):  # the stream is not a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _report(error: Exception, common: Common) -> None:
    place = traceback.extract_tb(error.__traceback__)[-1]
    echo(f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})", err=True)
    if common.verbose:
        traceback.print_exc()
        echo(f"{REPORT} Please report it with the lines above and harvester {__version__}.", err=True)
    else:
        echo(f"{REPORT} Please run the command again with -v and report what it prints.", err=True)


@click.group(cls=Program, lazy=COMMANDS)
@click.version_option(__version__, prog_name="harvester")
def main() -> None:
    """Takes journals from their OAI-PMH endpoint to Crossref deposit files.

    \b
    Exit codes: 0 done, 1 failed, 2 usage or configuration,
    3 some sources failed or need a person, 4 findings at or above --fail-on, 75 another process is at work,
    130 stopped with Ctrl-C, 143 with SIGTERM.
    """
