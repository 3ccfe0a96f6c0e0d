"""Progress on a terminal, and only there."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harvester.cli.common import Common
from harvester.cli.progress import shown
from harvester.pipeline import Progress


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """A terminal in place of stderr; yields the function that returns what it shows."""
    controller, end = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(end, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        yield lambda: os.read(controller, 65536).decode()
    os.close(controller)


def test_each_source_and_format_has_a_bar(monkeypatch):
    with terminal(monkeypatch) as screen:
        with shown(Common()) as show:
            assert show is not None
            show(Progress("reeds", "oai_dc", 1, 100, 250))
            show(Progress("fens", "jats", 1, 7, None))
            show(Progress("reeds", "oai_dc", 2, 200, 250))
        output = screen()
    assert "reeds oai_dc" in output
    assert "200/250" in output
    assert "fens jats" in output
    assert "7/?" in output


@pytest.mark.parametrize("option", ["quiet", "verbose"])
def test_no_progress_with_an_option_for_other_output(monkeypatch, option):
    common = Common()
    setattr(common, option, True)
    with terminal(monkeypatch), shown(common) as show:
        assert show is None


def test_no_progress_without_a_terminal(capsys):
    with shown(Common()) as show:
        assert show is None
    assert capsys.readouterr().err == ""
