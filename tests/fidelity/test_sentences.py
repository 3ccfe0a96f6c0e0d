"""Every finding about real records is a complete sentence: no value is missing, and none is there twice."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

import pytest

from harvester.findings import kinds, sentence
from harvester.mapping import ArticleMapper
from harvester.model import Finding, Hints, Policy, RawRecord
from tests.fidelity.recorded import recorded_payloads

pytestmark = pytest.mark.slow

TABLES = {"source", "issn"}  # names in config.toml, which every remedy has
# Parts of a sentence that only some cases have.
OPTIONAL = {"issn-missing": {"condition", "table", "by_title", "otherwise"}}


def findings_about(payload: bytes) -> Iterator[Finding]:
    """The findings of reader and rules, without and with repairs."""
    raw = RawRecord(identifier="oai:x:1", datestamp="2024-01-01", payload=payload)
    for hints in (Hints(), Hints(repairs=("ligatures", "mojibake"))):
        (mapped,) = ArticleMapper(hints, Policy(today="2026-11-24", schema_version="5.3.1")).map([{"x": raw}])
        yield from mapped.findings


def problem_of(finding: Finding) -> str | None:
    """What is wrong with the sentences of a finding; `None` if they are complete."""
    values = {"path": finding.path, "value": finding.value, **finding.detail}
    values["quoted"] = f'"{finding.value}"' if finding.value else ""
    kind = kinds()[finding.code]
    for text in (kind.message, kind.fix):
        names = {name for _, name, _, _ in Formatter().parse(text) if name} - TABLES
        names -= OPTIONAL.get(finding.code, set())
        if empty := sorted(name for name in names if not values.get(name, "").strip()):
            return f"{finding.code}: nothing for {', '.join(empty)} in: {text}"
        if len({values[name] for name in names}) < len(names):
            return f"{finding.code}: the same twice: {sentence(finding)}"
    return None


def test_every_finding_is_a_complete_sentence(shared):
    seen = dict.fromkeys(kinds(), 0)
    problems = set()
    for _, payload in recorded_payloads(shared):
        for finding in findings_about(payload):
            seen[finding.code] += 1
            problems.add(problem_of(finding))
    print("kinds of findings about recorded data:", sum(map(bool, seen.values())), "of", len(seen))
    assert problems - {None} == set()


@pytest.mark.parametrize(
    "finding",
    [
        Finding("relation-unmapped", "relations[0]", "", {"type": "data"}),
        Finding("relation-unmapped", "relations[0]", "10.5555/a", {"type": ""}),
        Finding("relation-unmapped", "relations[0]", "10.5555/a"),
        Finding("text-repaired", "titles[0]", "Reeds", {"repaired": "Reeds"}),
    ],
)
def test_a_sentence_with_a_hole_is_found(finding):
    assert problem_of(finding)


def test_a_complete_sentence_is_none_of_them():
    assert problem_of(Finding("text-repaired", "titles[0]", "eff ect", {"repaired": "effect"})) is None
