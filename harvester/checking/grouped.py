"""Findings counted by code, with a few examples and remedies of each, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from harvester.findings import SEVERITIES, Kind, kinds
from harvester.reports import RecordFinding

SHOWN = 3  # examples and remedies of each code


class FindingGroup(Struct, kw_only=True):
    """The findings of one code. Of their examples and different fixes only the first `SHOWN` are kept."""

    code: str
    count: int = 0
    examples: list[RecordFinding] = []
    fixes: list[str] = []
    has_more_fixes: bool = False

    @property
    def kind(self) -> Kind:
        return kinds()[self.code]

    def add(self, finding: RecordFinding) -> None:
        self.count += 1
        if len(self.examples) < SHOWN:
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
