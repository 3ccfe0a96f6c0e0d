"""All rules together: every code has a case, every finding has a message, and the good articles pass all rules."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from hypothesis import given

import harvester.rules
from harvester import findings, rules
from tests.rules.samples import ARTICLE, CONFIGURED, POLICY, article, with_person
from tests.strategies import articles, of_articles

PACKAGE = Path(harvester.rules.__file__).parent
ELSEWHERE = {"undeposited"}  # its test compares the findings with the deposit


def modules() -> dict[str, ModuleType]:
    """The modules that have rules, by name."""
    names = (path.stem for path in sorted(PACKAGE.glob("*.py")) if path.stem != "__init__")
    loaded = {name: importlib.import_module(f"harvester.rules.{name}") for name in names}
    return {name: module for name, module in loaded.items() if hasattr(module, "RULES")}


CASES = {name: importlib.import_module(f"tests.rules.test_{name}") for name in modules() if name not in ELSEWHERE}
BAD = [row for cases in CASES.values() for row in cases.BAD]


def test_every_rule_of_a_module_is_applied():
    assert set(rules.RULES) == {rule for module in modules().values() for rule in module.RULES}
    assert len(rules.RULES) == len(set(rules.RULES))


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_code_of_a_module_has_its_case(name):
    source = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) & findings.kinds().keys()
    assert named - {code for code, _, _ in CASES[name].BAD} == set()


@pytest.mark.parametrize(("code", "path", "faulty"), BAD)
def test_the_sentence_of_a_finding_has_no_gap(code, path, faulty):
    [finding, *_] = [
        candidate for candidate in rules.check(faulty, CONFIGURED) if (candidate.code, candidate.path) == (code, path)
    ]
    known = {**finding.detail, "path": finding.path, "value": finding.value}
    fields = {field for _, field, _, _ in Formatter().parse(findings.kinds()[code].message) if field}
    assert {field for field in fields if field not in known} == set()


@pytest.mark.parametrize("good", [good for cases in CASES.values() for good in cases.GOOD])
def test_the_good_articles_of_one_module_pass_the_others(good):
    assert [finding for finding in rules.check(good, POLICY) if findings.is_blocking(finding)] == []


def test_nothing_is_wrong_with_a_good_article():
    assert rules.check(ARTICLE, CONFIGURED) == ()


@of_articles
@given(articles())
def test_every_finding_has_words_and_a_path_in_the_article(sample):
    for finding in rules.check(sample, POLICY):
        assert findings.sentence(finding)
        assert finding.path.partition("[")[0].partition(".")[0] in sample.__struct_fields__


def test_many_articles_at_once_have_the_findings_of_each():
    samples = [article(), article(doi=None), with_person(orcid="https://orcid.org/0000-0000-0000-0000")]
    assert rules.check_all(samples, POLICY) == [list(rules.check(sample, POLICY)) for sample in samples]
    assert rules.check_all([], POLICY) == []


def test_most_hostile_articles_pass():
    """Otherwise the strategy would prove little in tests that drop articles which the rules hold back."""
    passed = []

    @of_articles
    @given(articles())
    def run(sample):
        passed.append(not any(map(findings.is_blocking, rules.check(sample, POLICY))))

    run()
    assert sum(passed) > len(passed) * 0.8
