"""What a case is: a fault, what the harvester does about it, and the provider that has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.providers.truth import Fault, Truth

Setting = tuple[Truth, Fault]
Later = Callable[[Truth], None]
FoundBy = Literal["harvest", "full", "reconcile"]


@dataclass(frozen=True)
class Case:
    """`missing` are the records that no request can give: they are rejected by name, all others are there.

    `said` stands in what the run says. A case whose `state` is not `complete` is harvested again when the provider is
    mended, and must then be whole. `altered` records differ in the bytes that were damaged: this text is there in their
    place, and they are marked as repaired. The last of so many `harvests` takes so many `requests`.

    `later` is what happens at the provider after the first harvest; it comes with the next one, with a `full` one or
    with `reconcile`, as `found_by` says. `mended`: the fault is gone by then, no datestamp moved, nothing is missing.

    `corrected` are the settings after a person did what the run said: the first one, or, if there is a `later`, the
    one on the next day, which says `later_said`. Then everything comes.
    """

    name: str
    fault: str
    behaviour: str
    setting: Callable[[], Setting]
    rows: tuple[int, ...] = ()
    settings: str = ""
    state: str = "complete"
    said: str | None = None
    missing: frozenset[int] = frozenset()
    altered: Mapping[int, str] = field(default_factory=dict)
    harvests: int = 1
    requests: int | None = None
    later: Later | None = None
    found_by: FoundBy = "harvest"
    mended: bool = False
    corrected: str | None = None
    later_said: str | None = None


CASES: list[Case] = []


def case(
    fault: str,
    behaviour: str,
    *rows: int,
    settings: str = "",
    state: str = "complete",
    said: str | None = None,
    missing: frozenset[int] | set[int] = frozenset(),
    altered: Mapping[int, str] | None = None,
    harvests: int = 1,
    requests: int | None = None,
    later: Later | None = None,
    found_by: FoundBy = "harvest",
    mended: bool = False,
    corrected: str | None = None,
    later_said: str | None = None,
) -> Callable[[Callable[[], Setting]], Callable[[], Setting]]:
    """Registers a function that makes the provider; `rows` are those of the collection of known misbehaviours."""

    def register(setting: Callable[[], Setting]) -> Callable[[], Setting]:
        CASES.append(
            Case(
                setting.__name__.replace("_", "-"),
                fault,
                behaviour,
                setting,
                rows,
                settings,
                state,
                said,
                frozenset(missing),
                altered or {},
                harvests,
                requests,
                later,
                found_by,
                mended,
                corrected,
                later_said,
            )
        )
        return setting

    return register
