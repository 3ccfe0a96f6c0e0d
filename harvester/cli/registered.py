"""What became of DOIs at an agency, grouped by state, for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import click

from harvester.cli.invocation import as_called
from harvester.cli.terminal import echo
from harvester.config import Config
from harvester.registration import described, words
from harvester.registration.registrar import AGENCIES, Agency, shown_system
from harvester.store import DoiRow, DoiState

if TYPE_CHECKING:
    from harvester.store import Store

EXAMPLES = 3  # DOIs named in each group
_HELD_BACK = "Held back; harvester check --severity error says why."
_ONE_SENTENCE: tuple[DoiState, ...] = ("registered", "elsewhere")  # there is nothing more to say about each of these


of_target = click.option(
    "--target",
    "target",
    type=click.Choice(sorted(AGENCIES)),
    help="Which deposits; if not set, those of the only target in config.toml, or of the first that files are sent to.",
)


class Group:
    """DOIs about which there is the same to say."""

    def __init__(self, first: DoiRow) -> None:
        self.first, self.dois, self.number = first, [_named(first)], 1

    def add(self, row: DoiRow) -> None:
        self.number += 1
        if len(self.dois) < EXAMPLES:
            self.dois.append(_named(row))

    @property
    def waits_for_somebody(self) -> bool:
        known = self.first.registration
        return known is not None and known.who != "nobody"

    def named(self) -> str:
        more = f" and {self.number - len(self.dois):,} more" if self.number > len(self.dois) else ""
        return ", ".join(self.dois) + more


def _named(row: DoiRow) -> str:
    """The DOI, with those that have the same metadata."""
    others = ", ".join(row.registration.dois_in_conflict) if row.registration else ""
    return f"{row.doi} (same metadata: {others})" if others else row.doi


def print_states(config: Config, store: Store, agency: Agency, dois: Collection[str] = ()) -> None:
    """Prints how many DOIs are in each state, and for each kind of message one sentence, who acts, and what to do."""
    system = shown_system(config, agency)
    groups = _groups(agency, store.registrations.rows(agency.name, system, dois), in_full=bool(dois))
    for state, title in words.GROUPS.items():
        of_state = groups.get(state, {})
        if not of_state:
            continue
        echo(f"{sum(group.number for group in of_state.values()):>7,}  {title}")
        for text, group in of_state.items():
            if state not in _ONE_SENTENCE or group.waits_for_somebody:
                _print_group(agency, text, group)


def _groups(agency: Agency, rows: Iterable[DoiRow], *, in_full: bool) -> dict[DoiState, dict[str, Group]]:
    """By state and by what there is to say; `in_full` also why an article is held back, which is another for each."""
    groups: dict[DoiState, dict[str, Group]] = {}
    for row in rows:
        text = _HELD_BACK if row.held_back and not row.registration and not in_full else described.sentence(agency, row)
        of_state = groups.setdefault(row.state, {})
        if text in of_state:
            of_state[text].add(row)
        else:
            of_state[text] = Group(row)
    return groups


def _print_group(agency: Agency, text: str, group: Group) -> None:
    echo(f"         {as_called(text)}")
    known = group.first.registration
    if known and known.who != "nobody":
        echo(f"         Who acts: {agency.who(known.who)}.")
    if step := described.next_step(agency, group.first):
        echo(f"         {as_called(step)}")
    echo(f"         {group.named()}")
