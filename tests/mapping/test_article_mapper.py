"""Articles made in batches, as one by one, and whole records in the formats that they have.

`records/NAME.FORMAT.xml` is a bad record that was seen, in our own words; `NAME.json` is what becomes of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from harvester.article_rows import to_mapped_article
from harvester.mapping import ArticleMapper, article_mapper
from harvester.model import Hints, Policy, RawRecord, to_json
from tests.demo.many import many

MAPPER = ArticleMapper(Hints(), Policy(today="2026-01-01"))
RECORDS = Path(__file__).with_name("records")
FORMATS = ("jats", "oai_dc")  # the best first


def outcome(name: str) -> dict[str, object]:
    """The article of a record in one or two formats, and all findings."""
    paths = {prefix: RECORDS / f"{name}.{prefix}.xml" for prefix in FORMATS}
    live = {
        prefix: RawRecord(identifier="oai:reeds.example:58", datestamp="2021-03-03", payload=path.read_bytes())
        for prefix, path in paths.items()
        if path.exists()
    }
    reading = MAPPER.check(MAPPER.read(live))
    assert reading.article is not None
    findings = [msgspec.to_builtins(finding) for finding in reading.findings]
    return {"article": json.loads(to_json(reading.article)), "findings": findings}


@pytest.mark.parametrize("name", sorted(path.stem for path in RECORDS.glob("*.json")))
def test_a_record_gives_the_expected_article_and_findings(name):
    assert outcome(name) == json.loads((RECORDS / f"{name}.json").read_text(encoding="utf-8"))


def records():
    """Identifiers in two formats, in one, in none, and one that nobody can read."""
    found = []
    for one in many(6, references=2):
        raws = {
            prefix: RawRecord(
                identifier=one.identifier,
                datestamp="2020-01-01",
                payload=b"<record><metadata>%s</metadata></record>" % one.metadata[prefix],
            )
            for prefix in ("jats", "oai_dc")
        }
        found += [raws, {"oai_dc": raws["oai_dc"]}]
    return [*found, {}, {"jats": RawRecord(identifier="x", datestamp="2020-01-01", payload=b"<half")}]


@pytest.mark.parametrize("size", [1, 5_000, 10_000_000])
def test_batches_of_any_size_give_what_each_gives_alone(monkeypatch, size):
    monkeypatch.setattr(article_mapper, "BATCH", size)
    alone = [to_mapped_article(MAPPER.check(MAPPER.read(live))) for live in records()]
    assert MAPPER.map(records()) == alone
    assert sum(one.row is not None for one in alone) == 12


def test_nothing_comes_of_nothing():
    assert MAPPER.map([]) == []
