"""Asking before something is done that cannot easily be undone."""

from __future__ import annotations

import sys

import click


def is_confirmed(question: str, otherwise: str) -> bool:
    """Whether a person at the terminal says yes. `otherwise` begins the error if there is no terminal."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"{otherwise} without being asked, add --yes.")
    return click.confirm(question, err=True)
