"""Each case is a Dublin Core record that we wrote (NAME.xml), and the expected article and findings (NAME.json)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harvester import formats
from harvester.model import Hints, RawRecord, to_json

CASES = Path(__file__).parent / "cases"
HINTS = Hints(provider_host="journal.example")


def read(name):
    payload = (CASES / f"{name}.xml").read_bytes()
    return formats.read(RawRecord(identifier="oai:example:1", datestamp="", payload=payload), HINTS)


def outcome(name):
    reading = read(name)
    assert reading.article is not None
    findings = [msgspec.to_builtins(finding) for finding in reading.findings]
    return {"article": msgspec.json.decode(to_json(reading.article)), "findings": findings}


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.xml")))
def test_a_case_gives_the_expected_article_and_findings(name):
    expected = msgspec.json.decode((CASES / f"{name}.json").read_bytes())
    assert outcome(name) == expected
