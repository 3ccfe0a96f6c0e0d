"""Progress on a terminal, and only there."""

from __future__ import annotations

import logging
import os
import pty
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harvester.cli.common import Common
from harvester.cli.progress import shown
from harvester.daemon.logs import set_up
from harvester.system.progress import report, report_pause


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """A terminal in place of stderr; yields the function that returns what it shows."""
    controller, end = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(end, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        yield lambda: _read(controller)
    os.close(controller)


def _read(controller: int) -> str:
    """All that is there, and comes within a moment."""
    output = b""
    while select.select([controller], [], [], 0.1)[0]:
        output += os.read(controller, 65536)
    return output.decode()


def test_a_row_shows_how_far_the_task_is(monkeypatch):
    with terminal(monkeypatch) as screen:
        with shown(Common()):
            report("reeds (oai_dc)", 200, 2500)
        output = screen()
    assert "reeds (oai_dc)" in output
    assert "200 of 2,500" in output


def test_a_pause_says_why_until_the_next_report(monkeypatch):
    with terminal(monkeypatch) as screen:
        with shown(Common()):
            report("reeds: connecting")
            report_pause("retrying in 12 s (2 of 5): connection refused")
        output = screen()
    assert "retrying in 12 s (2 of 5): connection refused" in output


def test_log_lines_come_above_the_row(monkeypatch):
    with terminal(monkeypatch) as screen:
        set_up("text", logging.WARNING)
        with shown(Common()):
            report("reeds (oai_dc)", 1, 2)
            logging.getLogger("harvester.test").warning("the list changed")
        output = screen()
    assert "the list changed\r\n" in output
    logging.getLogger().handlers.clear()


@pytest.mark.parametrize(("option", "value"), [("quiet", True), ("verbose", True), ("log_format", "json")])
def test_no_progress_with_an_option_for_other_output(monkeypatch, option, value):
    common = Common()
    setattr(common, option, value)
    with terminal(monkeypatch) as screen:
        with shown(common):
            report("reeds (oai_dc)", 1, 2)
        print("end", file=sys.stderr, flush=True)
        assert screen() == "end\r\n"


def test_no_progress_without_a_terminal(capsys):
    with shown(Common()):
        report("reeds (oai_dc)", 1, 2)
    assert capsys.readouterr().err == ""
