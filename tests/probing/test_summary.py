"""What a look at a provider found, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from harvester.config import Source
from harvester.model import Hints, SetInfo
from harvester.probing.probe import FormatProbe, ProbeReport, probe_source
from harvester.probing.summary import facts, formats, missing_sets, reads, size, what_is_wrong
from tests.providers import small_journal


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    with small_journal.serving() as server:
        yield Source(name="small", url=server.url, formats=("oai_dc",), allow_private=True)


@pytest.fixture(scope="module")
def report(source: Source) -> ProbeReport:
    return probe_source(source, Hints(), now=lambda: datetime.now(UTC))


def test_provider_that_works(source: Source, report: ProbeReport):
    assert dict(facts(report))["Repository"]
    assert what_is_wrong(source, report) is None
    assert missing_sets(source, report) is None
    assert any(line.startswith("oai_dc: supported: yes, as oai_dc; ") for line in formats(report))


def test_format_that_cannot_be_read(source: Source, report: ProbeReport):
    words = what_is_wrong(replace(source, formats=("oai_dc", "marc")), report)
    assert words == "It does not work: marc cannot be read."


def test_set_that_is_gone_or_empty(source: Source, report: ProbeReport):
    gone = replace(report, silent_sets=("old",), sets=(SetInfo("new", "New"),))
    assert "old" in (what_is_wrong(replace(source, sets=("old",)), gone) or "")
    empty = replace(report, silent_sets=("old",), sets=(SetInfo("old", "Old"),))
    assert what_is_wrong(source, empty) is None
    assert missing_sets(source, empty) == "No record is listed in old; check `sets` of this source."


@pytest.mark.parametrize(
    ("probed", "supported", "total"),
    [
        (FormatProbe(prefix="a", reads="jats", records=2, list_size=9), "yes, as jats", "9"),
        (FormatProbe(prefix="a", error="it is broken"), "no: error", ""),
        (FormatProbe(prefix="a", records=2, more=True), "no: not in this form", "more"),
        (FormatProbe(prefix="a", records=2), "no: not in this form", "all"),
        (FormatProbe(prefix="a"), "no", ""),
    ],
)
def test_formats(probed: FormatProbe, supported: str, total: str):
    assert (reads(probed), size(probed)) == (supported, total)
