"""The tables of the mutation check name modules, tests and texts that exist."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.operators import mutants, replaced
from tests.mutation.targets import BY_HAND, EQUIVALENT, ROOT, modules, path_of


@pytest.mark.parametrize(("module", "tests"), modules().items())
def test_module_and_its_tests_exist(module, tests):
    assert path_of(module).is_file()
    assert [test for test in tests if not (ROOT / test).is_file()] == []


@pytest.mark.parametrize(("module", "before", "after"), BY_HAND)
def test_mutant_written_by_hand_fits_its_module(module, before, after):
    """Where a module was rewritten, the mutant is to be rewritten too."""
    assert module in modules()
    ast.parse(replaced(path_of(module).read_text(encoding="utf-8"), before, after).source)


@pytest.mark.parametrize("module", sorted({module for module, _, _ in EQUIVALENT}))
def test_equivalent_mutants_are_made(module):
    found = {(mutant.before, mutant.after) for mutant in mutants(path_of(module).read_text(encoding="utf-8"))}
    assert {(before, after) for name, before, after in EQUIVALENT if name == module} - found == set()
