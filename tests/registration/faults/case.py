"""What a case is: what happens to a deposit, what the program does about it, and what a person reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.registration.conftest import Depositor

Story = Callable[[Depositor], None]
ALL = "123"  # the articles of the journal


@dataclass(frozen=True, kw_only=True)
class Case:
    """A story with its end.

    At its end each DOI is `registered`, except those in `states`, by the number of the article. The stand-in received
    so many `uploads`. `reads` is in what a person is told. `kinds` are the ids of messages, by number.
    """

    name: str
    fault: str
    behaviour: str
    story: Story
    reads: str
    uploads: int = 1
    states: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, str]:
        return dict.fromkeys(ALL, "registered") | dict(self.states)


CASES: list[Case] = []

REGISTERED = "The DOI is registered."


def case(
    fault: str,
    behaviour: str,
    *,
    reads: str = REGISTERED,
    uploads: int = 1,
    states: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Callable[[Story], Story]:
    """Registers a story under the name of its function."""

    def register(story: Story) -> Story:
        CASES.append(
            Case(
                name=story.__name__.replace("_", "-"),
                fault=fault,
                behaviour=behaviour,
                story=story,
                reads=reads,
                uploads=uploads,
                states=states or {},
                kinds=kinds or {},
            )
        )
        return story

    return register


def everyone(state: str) -> dict[str, str]:
    """All DOIs with one state, or one kind of message."""
    return dict.fromkeys(ALL, state)
