"""Asking before something is done."""

import click
import pytest

from harvester.cli.confirmation import is_confirmed


def test_nothing_is_done_without_a_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(click.UsageError, match="Nothing was done without being asked, add --yes"):
        is_confirmed("Do it?", "Nothing was done")
