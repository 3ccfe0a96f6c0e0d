"""The registry of findings: every code has its words, every code is used, and the words are fit for a librarian."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import harvester
from docs.findings import page, subjects
from harvester.findings import SEVERITIES, kinds, sentence
from harvester.model import Finding

PACKAGE = Path(harvester.__file__).parent
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
CALLS = {"Finding", "doubt"}  # what makes a finding: the Struct, and the readers' notebook


def first_arguments():
    """The literal first argument of every call in the package that makes a finding, with its place."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node.func) in CALLS:
                for first in node.args[:1]:
                    if isinstance(first, ast.Constant):
                        yield f"{path.relative_to(PACKAGE)}:{node.lineno}", first.value


def called(function):
    return getattr(function, "id", None) or getattr(function, "attr", None)


def literals():
    """Every text in the package's code that could be a code; some are chosen before the call that uses them."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield node.value


def test_every_code_that_is_emitted_has_its_row():
    assert [(place, code) for place, code in first_arguments() if code not in kinds()] == []


def test_every_row_is_emitted_somewhere():
    assert sorted(kinds().keys() - set(literals())) == []


ROWS = [pytest.param(code, kind, id=code) for code, kind in kinds().items()]


@pytest.mark.parametrize(("code", "kind"), ROWS)
def test_a_code_is_words_and_hyphens(code, kind):
    assert CODE.fullmatch(code)


@pytest.mark.parametrize(("code", "kind"), ROWS)
def test_a_message_has_words_whatever_the_detail(code, kind):
    for _, field, spec, conversion in Formatter().parse(kind.message):
        assert field is None or (field.isidentifier() and not spec and not conversion)
    assert sentence(Finding(code))
    assert sentence(Finding(code, "titles[0]", "{value} {0} {", {"suggestion": "{}"}))


@pytest.mark.parametrize(("code", "kind"), ROWS)
def test_every_part_is_a_sentence(code, kind):
    for part in (kind.message, kind.fix, kind.cause):
        assert part == part.strip()
        assert part[-1] in ".?", part
        assert part[0].isupper() or part[0] in '"{'
    assert kind.example


@pytest.mark.parametrize(("code", "kind"), ROWS)
def test_who_holds_a_record_back_can_be_told_to_mend_it(code, kind):
    """Only a gap in this program is neither the source's nor the configuration's."""
    assert kind.severity != "error" or kind.who != "nobody" or code == "deposit-invalid"


def test_every_code_stands_under_one_heading():
    listed = [code for _, codes in subjects() for code in codes]
    assert listed == list(kinds())


def test_the_page_has_every_code_with_its_words():
    text = page("")
    assert [code for code in kinds() if f"### {code}\n" not in text] == []
    assert all(severity in text for severity in SEVERITIES)


def test_markdown_in_an_example_is_shown_and_not_obeyed():
    assert r"\<dc:title/\>" in page("")


def test_a_value_without_end_does_not_end_in_the_sentence():
    words = sentence(Finding("value-too-long", "volume", "9" * 70_000, {"limit": "32"}))
    assert len(words) < 500
    assert '9…" is longer than the 32 characters' in words
