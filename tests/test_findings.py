"""The registry of findings: every code has its texts and is used, and the texts suit a librarian."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import harvester
from docs.findings import page, subjects
from harvester.config.formats import DOI_FIELDS, LANDING_PAGE_FIELDS
from harvester.findings import SEVERITIES, example_remedy, kinds, remedy, sentence
from harvester.model import Finding

PACKAGE = Path(harvester.__file__).parent
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
CALLS = {"Finding", "doubt"}  # the calls that create findings: the Struct, and the method of the readers


@cache
def used():
    """The literal first argument of every call in the package that creates a finding, with file and line, and every
    string that could be a code: some codes are chosen before the call that uses them.
    """
    arguments, literals = [], set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node.func) in CALLS:
                place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                arguments += [(place, first.value) for first in node.args[:1] if isinstance(first, ast.Constant)]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                literals.add(node.value)
    return arguments, literals


def called(function):
    return getattr(function, "id", None) or getattr(function, "attr", None)


def test_every_emitted_code_has_its_row():
    assert [(place, code) for place, code in used()[0] if code not in kinds()] == []


def test_every_row_is_emitted_somewhere():
    assert sorted(kinds().keys() - used()[1]) == []


def test_code_has_only_letters_and_hyphens(subtests):
    for code in kinds():
        with subtests.test(code):
            assert CODE.fullmatch(code)


def test_message_can_be_formatted_with_any_detail(subtests):
    for code, kind in kinds().items():
        with subtests.test(code):
            for _, field, spec, conversion in Formatter().parse(kind.message):
                assert field is None or (field.isidentifier() and not spec and not conversion)
            assert sentence(Finding(code))
            assert sentence(Finding(code, "titles[0]", "{value} {0} {", {"suggestion": "{}"}))


PATTERN_FIELDS = {*LANDING_PAGE_FIELDS, *DOI_FIELDS}


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def test_remedy_shows_the_real_values(subtests):
    for code, kind in kinds().items():
        with subtests.test(code):
            fields = placeholders(kind.fix)
            values = {field: f"<{field}>" for field in fields} | {"source": "lamps", "issn": "2049-3630"}
            finding = Finding(code, "titles[0]", "<value>", dict(values))
            values["quoted"] = '"<value>"'
            shown = remedy(finding, "lamps", "2049-3630")
            assert [field for field in fields if values[field] not in shown] == []
            # The remaining braces are those of patterns in config.toml.
            assert set(re.findall(r"{(\w+)}", shown)) <= PATTERN_FIELDS
            assert [word for word in ('"ISSN"', "sources.NAME", "this source") if word in shown] == []


def test_remedy_is_explained_with_examples(subtests):
    for code, kind in kinds().items():
        with subtests.test(code):
            assert placeholders(kind.fix) - {"source", "issn"} == kind.fills.keys()
            shown = example_remedy(kind)
            assert all(example in shown for example in kind.fills.values())
            assert set(re.findall(r"{(\w+)}", shown)) <= PATTERN_FIELDS
            assert ("1234-5679" in shown) >= ("{issn}" in kind.fix)


def test_remedy_is_one_line_and_names_the_table_of_an_unknown_journal():
    finding = Finding("possible-organization", "contributors[0]", "Lamp\n  Makers")
    assert 'add organizations = ["Lamp Makers"] under [sources.lamps]' in remedy(finding, "lamps", None)
    assert '[journals."ISSN".doi]' in remedy(Finding("doi-missing"), "lamps", None)


def test_message_fix_and_cause_are_sentences(subtests):
    for code, kind in kinds().items():
        with subtests.test(code):
            for part in (kind.message, kind.fix, kind.cause):
                assert part == part.strip()
                assert part[-1] in ".?", part
                assert part[0].isupper() or part[0] in '"{'
            assert kind.example


def test_every_error_can_be_fixed_by_someone(subtests):
    """The exception is a gap in this program, which neither the source nor the configuration can fix."""
    for code, kind in kinds().items():
        with subtests.test(code):
            assert kind.severity != "error" or kind.who != "nobody" or code == "deposit-invalid"


def test_every_code_is_under_one_heading():
    listed = [code for _, codes in subjects() for code in codes]
    assert listed == list(kinds())


def test_page_has_every_code():
    text = page("")
    assert [code for code in kinds() if f"### {code}\n" not in text] == []
    assert all(severity in text for severity in SEVERITIES)


def test_markdown_in_an_example_is_escaped():
    assert r"\<dc:title/\>" in page("")


def test_long_value_is_shortened_in_the_message():
    message = sentence(Finding("value-too-long", "volume", "9" * 70_000, {"limit": "32"}))
    assert len(message) < 500
    assert '9…" is longer than the 32 characters' in message
