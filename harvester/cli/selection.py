"""The options that select articles: --doi, --journal, --year, --volume, --issue and --since."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import click

from harvester.config import Config
from harvester.errors import HarvesterError
from harvester.identifiers import clean_doi, clean_issn
from harvester.store import Selection


def options(doi_help: str) -> list[click.Parameter]:
    """The options. They can be combined, and each but --since may be repeated."""
    several: dict[str, Any] = {"multiple": True}
    return [
        click.Option(["--doi", "dois"], metavar="DOI", help=doi_help, **several),
        click.Option(["--journal", "journals"], metavar="ISSN", help="Only this journal, by ISSN or title.", **several),
        click.Option(
            ["--year", "years"],
            type=click.IntRange(1000, 9999),
            metavar="YEAR",
            help="Only articles of this year.",
            **several,
        ),
        click.Option(["--volume", "volumes"], metavar="VOLUME", help="Only this volume.", **several),
        click.Option(
            ["--issue", "issues"], metavar="ISSUE", help="Only this issue; see also --volume and --year.", **several
        ),
        click.Option(["--since"], callback=_day, metavar="DATE", help="Only articles published on that day or later."),
    ]


def decorated(doi_help: str) -> Callable[[Any], Any]:
    """The options as a decorator of a command."""

    def decorate(function: Any) -> Any:
        function.__click_params__ = [*getattr(function, "__click_params__", []), *reversed(options(doi_help))]
        return function

    return decorate


def _day(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    try:
        if value is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        date.fromisoformat(value or "2024-01-31")
    except ValueError:
        raise click.BadParameter(f"{value} is not a date; write it like 2024-01-31.") from None
    return value


def selection_of(
    config: Config,
    *,
    dois: tuple[str, ...] = (),
    journals: tuple[str, ...] = (),
    years: tuple[int, ...] = (),
    volumes: tuple[str, ...] = (),
    issues: tuple[str, ...] = (),
    since: str | None = None,
) -> Selection:
    """The selection of these options. A journal is selected with all ISSNs of its table in config.toml."""
    return Selection(
        dois=tuple(clean_doi(doi) or doi for doi in dois),  # people paste https://doi.org/10.…
        journals=tuple(name for journal in journals for name in _names(config, journal)),
        years=years,
        volumes=volumes,
        issues=issues,
        since=since,
    )


def _names(config: Config, journal: str) -> tuple[str, ...]:
    issn = clean_issn(journal)
    if issn is None:
        return (journal,)
    table = config.journal_tables.get(issn)
    return tuple(sorted({issn, *(other for other, key in config.journal_tables.items() if key == table)}))


def nothing_selected(selection: Selection) -> HarvesterError:
    """The error for a selection without any article. DOIs are reported one by one."""
    shown = {
        "--journal": selection.journals,
        "--year": selection.years,
        "--volume": selection.volumes,
        "--issue": selection.issues,
        "--since": (selection.since,) if selection.since else (),
    }
    given = " ".join(f"{option} {value}" for option, values in shown.items() for value in values)
    return HarvesterError(
        f"No article in the store matches {given}. `harvester report` lists the journals with their ISSNs, "
        "`harvester show DOI` shows the year, volume and issue of an article."
    )
