"""The program without the pauses that only a person notices: a first failure is reported, and retried, at once."""

from __future__ import annotations

from datetime import timedelta

from harvester.cli import main
from harvester.crossref.client import works
from harvester.daemon import alerts


def program(arguments: list[str]) -> None:
    """Runs the program in this process."""
    alerts.FIRST_FAILURE = timedelta(0)
    works._PAUSES = 0.0, 120.0
    main(arguments)
