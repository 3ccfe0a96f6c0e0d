"""Compares sources with deposits, and counts what was kept, missed, invented and held back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from lxml import etree

from harvester.formats.placeholders import says_no_number
from tests.fidelity.facts import Facts, all_text, deposit_values, is_in_source

# Findings that report why something in the source is not deposited.
LEFT_OUT_CODES = re.compile(
    r".*-(left-out|dropped|skipped|unassigned|unmapped|unused|empty)|(orcid|issn|isni|ror)-invalid|.*-is-picture"
)


class Comparison:
    """The outcome for the facts of many records. Every difference is printed with the name of the record."""

    def __init__(self) -> None:
        self.kept: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.invented: Counter[str] = Counter()
        self.deposited = 0
        self.dropped: Counter[str] = Counter()
        self.held: Counter[str] = Counter()

    def count_held_back(self, name: str, codes: Collection[str]) -> None:
        self.held.update(list(codes)[:1])
        print("held back", name, *codes)

    def compare_facts(self, name: str, expected: Facts, actual: Facts, codes: Collection[str]) -> None:
        """Every fact of the source must be in the deposit as often as in the source."""
        self.deposited += 1
        self.dropped.update(code for code in codes if LEFT_OUT_CODES.fullmatch(code))
        for (kind, value), count in expected.items():
            if kind == "award" and "placeholder-value" in codes and says_no_number(value):
                continue
            self.kept[kind] += min(count, actual[kind, value])
            if actual[kind, value] < count:
                self.missed[kind] += count - actual[kind, value]
                print("missed", name, kind, value[:200])

    def search_source(self, name: str, source: etree._Element, deposit: etree._Element) -> None:
        """Every value of the deposit must be somewhere in the source."""
        text = all_text(source)
        for kind, value in deposit_values(deposit):
            if not is_in_source(value, text):
                self.invented[kind] += 1
                print("not in the source", name, kind, value[:200])

    def assert_faithful(self) -> None:
        print("deposited", self.deposited, "of", self.deposited + self.held.total())
        print("kept", dict(self.kept))
        print("dropped knowingly", dict(self.dropped))
        print("missed", sum(self.missed.values()))
        print("held back", dict(self.held))
        assert not self.missed
        assert not self.invented
