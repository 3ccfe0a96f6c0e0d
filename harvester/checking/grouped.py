"""Findings counted by code, with a few examples and remedies of each, in the order in which people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from harvester.findings import SEVERITIES, Kind, kinds
from harvester.reports import RecordFinding

SHOWN = 3  # examples, remedies and values of each code
_MOST_VALUES = 10_000  # different values that are counted, so that the memory is bounded


class FindingGroup(Struct, kw_only=True):
    """The findings of one code. Of their examples and different fixes only the first `SHOWN` are kept.

    `records` have them, and `values` are their different values with their numbers.
    """

    code: str
    count: int = 0
    records: int = 0
    values: Counter[str] = msgspec.field(default_factory=Counter)
    message: str | None = None  # if that of all of them is the same
    examples: list[RecordFinding] = []
    fixes: list[str] = []
    has_more_fixes: bool = False
    _last: tuple[str, str] | None = None

    @property
    def kind(self) -> Kind:
        return kinds()[self.code]

    def add(self, finding: RecordFinding) -> None:
        """Counts a finding; those of one record come in succession."""
        self.message = finding.message if self.message == finding.message or not self.count else None
        self.count += 1
        record = (finding.source, finding.record)
        is_next = record != self._last
        self._last = record
        self.records += is_next
        if finding.value and (finding.value in self.values or len(self.values) < _MOST_VALUES):
            self.values[finding.value] += 1
        if is_next and len(self.examples) < SHOWN:
            self.examples.append(finding)
        if finding.fix not in self.fixes:
            if len(self.fixes) < SHOWN:
                self.fixes.append(finding.fix)
            else:
                self.has_more_fixes = True


class FindingGroups:
    """Groups findings as they pass."""

    def __init__(self) -> None:
        self._groups: dict[str, FindingGroup] = {}

    def counting(self, findings: Iterable[RecordFinding]) -> Iterator[RecordFinding]:
        """The same findings, counted as they pass."""
        for finding in findings:
            self._groups.setdefault(finding.code, FindingGroup(code=finding.code)).add(finding)
            yield finding

    def groups(self) -> list[FindingGroup]:
        """The groups, the gravest first, then the largest."""
        return sorted(self._groups.values(), key=lambda one: (_rank(one), -one.count, one.code))


def _rank(group: FindingGroup) -> int:
    return SEVERITIES.index(group.kind.severity)
