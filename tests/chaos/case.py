"""What a case is: a fault, what the harvester does about it, and the provider that has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.providers.truth import Fault, Truth

Setting = tuple[Truth, Fault]
Later = Callable[[Truth], None]
FoundBy = Literal["harvest", "full", "reconcile"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault and what must be true after it. What a case does not set is asserted too, with its default.

    First run: it ends in `state`, and reports `said` (`None`: no error). `missing` are the records that no request can
    give: they are rejected by name, and all others are stored. `rejected` counts the bad records, where there are more
    of them. `repaired` counts the records of pages that had to be repaired. `altered` records differ from the truth:
    this text is in their place, or, for `None`, no metadata at all.

    Later runs: a case whose `state` is not `complete` is harvested again without the fault, and is then complete. The
    last of so many `harvests` finds nothing new, with so many `requests`.

    `later` is what happens at the provider after the first harvest. It is found by the next one or, if `found_by` says
    so, only by a `full` one or by `reconcile`. `fixed`: the fault is gone by then, no datestamp moved, and after a run
    of that kind nothing is missing.

    `corrected` are the settings after a person did what the run said: the first one, or, if there is a `later`, the
    one on the next day, which says `later_said`. Then everything is stored.

    `own_authority`: the provider speaks https with a certificate that nobody knows; `{certificate}` in `corrected` is
    its file.
    """

    name: str
    fault: str
    behaviour: str
    setting: Callable[[], Setting]
    rows: tuple[int, ...]
    settings: str = ""
    state: str = "complete"
    said: str | None = None
    missing: frozenset[int] = frozenset()
    rejected: int | None = None
    repaired: int = 0
    altered: Mapping[int, str | None] = field(default_factory=dict)
    harvests: int = 1
    requests: int | None = None
    later: Later | None = None
    found_by: FoundBy = "harvest"
    fixed: bool = False
    corrected: str | None = None
    later_said: str | None = None
    own_authority: bool = False

    def __post_init__(self) -> None:
        """Nothing is set that the test would not look at."""
        assert (self.requests is not None) == (self.harvests > 1)
        assert self.found_by == "harvest" or self.later or self.fixed
        assert self.later_said is None or (self.later and self.corrected is not None)
        assert self.corrected is None or not (self.fixed or self.found_by != "harvest")
        assert self.rejected is None or self.rejected > len(self.missing)


CASES: list[Case] = []


def case(
    fault: str,
    behaviour: str,
    *rows: int,
    settings: str = "",
    state: str = "complete",
    said: str | None = None,
    missing: Collection[int] = (),
    rejected: int | None = None,
    repaired: int = 0,
    altered: Mapping[int, str | None] | None = None,
    harvests: int = 1,
    requests: int | None = None,
    later: Later | None = None,
    found_by: FoundBy = "harvest",
    fixed: bool = False,
    corrected: str | None = None,
    later_said: str | None = None,
    own_authority: bool = False,
) -> Callable[[Callable[[], Setting]], Callable[[], Setting]]:
    """Registers a function that makes the provider; `rows` are those of the collection of known misbehaviours."""

    def register(setting: Callable[[], Setting]) -> Callable[[], Setting]:
        CASES.append(
            Case(
                name=setting.__name__.replace("_", "-"),
                fault=fault,
                behaviour=behaviour,
                setting=setting,
                rows=rows,
                settings=settings,
                state=state,
                said=said,
                missing=frozenset(missing),
                rejected=rejected,
                repaired=repaired,
                altered=altered or {},
                harvests=harvests,
                requests=requests,
                later=later,
                found_by=found_by,
                fixed=fixed,
                corrected=corrected,
                later_said=later_said,
                own_authority=own_authority,
            )
        )
        return setting

    return register
