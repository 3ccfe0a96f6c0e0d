"""A small repository with known records."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.demo.provider import Record, Repository
from harvester.model import SetInfo

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
SETS = (SetInfo("bees", "Bees"), SetInfo("bees:honey", "Honey & wax"), SetInfo("wasps", "Wasps"))


def record(number: int, *, deleted: bool = False, formats: tuple[str, ...] = ("oai_dc", "jats")) -> Record:
    """Record `number`, of noon on day `number` of January 2024, in the set bees:honey if odd, otherwise in wasps."""
    return Record(
        identifier=f"oai:test.example.org:{number}",
        datestamp=datetime(2024, 1, number, 12, tzinfo=UTC),
        sets=("bees:honey" if number % 2 else "wasps",),
        deleted=deleted,
        metadata={}
        if deleted
        else {prefix: f"<{prefix} xmlns='urn:x'>{number}</{prefix}>".encode() for prefix in formats},
    )


@pytest.fixture
def repository() -> Repository:
    """Ten records on pages of four. Record 3 is deleted, record 4 has no JATS."""
    records = [
        record(number, deleted=number == 3, formats=("oai_dc",) if number == 4 else ("oai_dc", "jats"))
        for number in range(1, 11)
    ]
    return Repository(records, sets=SETS, page_size=4, clock=lambda: NOW)
