"""The counts of a comparison between sources and deposits: kept, missed, invented, held back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from lxml import etree

from tests.fidelity.facts import Facts, everything, is_said, said_values

# Findings that say that something of the source is knowingly not deposited, and why.
LEFT_OUT = re.compile(
    r".*-(left-out|dropped|skipped|unassigned|unmapped|unused|empty)|(orcid|issn|isni|ror)-invalid|.*-is-picture"
)


class Comparison:
    """What became of the facts of many records. Every difference is printed with the record's name."""

    def __init__(self) -> None:
        self.kept: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.invented: Counter[str] = Counter()
        self.deposited = 0
        self.dropped: Counter[str] = Counter()
        self.held: Counter[str] = Counter()

    def hold(self, name: str, codes: Collection[str]) -> None:
        self.held.update(list(codes)[:1])
        print("held back", name, *codes)

    def compare(self, name: str, wanted: Facts, found: Facts, codes: Collection[str]) -> None:
        """Every fact of the source must stand in the deposit as often as in the source."""
        self.deposited += 1
        self.dropped.update(code for code in codes if LEFT_OUT.fullmatch(code))
        for (kind, value), count in wanted.items():
            self.kept[kind] += min(count, found[kind, value])
            if found[kind, value] < count:
                self.missed[kind] += count - found[kind, value]
                print("missed", name, kind, value[:200])

    def search(self, name: str, source: etree._Element, deposit: etree._Element) -> None:
        """Every value of the deposit must stand somewhere in the source."""
        text = everything(source)
        for kind, value in said_values(deposit):
            if not is_said(value, text):
                self.invented[kind] += 1
                print("not in the source", name, kind, value[:200])

    def conclude(self) -> None:
        print("deposited", self.deposited, "of", self.deposited + self.held.total())
        print("kept", dict(self.kept))
        print("dropped knowingly", dict(self.dropped))
        print("missed", sum(self.missed.values()))
        print("held back", dict(self.held))
        assert not self.missed
        assert not self.invented
