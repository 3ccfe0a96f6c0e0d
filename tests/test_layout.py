"""A module has its test at the same path: harvester/a/b.py in tests/a/test_b.py.

A package's `__init__` has its test in the folder of the package, by the package's name; a module may also have a
folder of tests by its name. A module without functions (structs, tables of words, exports) has nothing to test.
"""

from __future__ import annotations

import ast
from pathlib import Path

import harvester

PACKAGE = Path(harvester.__file__).parent
TESTS = Path(__file__).parent

# Modules without a test of their own, and where they are tested.
ELSEWHERE = {
    "crossref/deposit/__init__": "tests/crossref/deposit/test_fixtures.py and test_any_article.py build whole deposits",
    "crossref/deposit/vocabulary": "tables; tests/crossref/deposit/test_fixtures.py validates their use",
    "harvesting/answering": "tests/harvesting/test_simulation.py and tests/chaos ask providers through it",
    "harvesting/changed_lists": "tests/harvesting/test_ending.py",
    "harvesting/missing_settings": "tests/harvesting/test_ending.py",
    "harvesting/walker": "tests/harvesting/test_runs.py and tests/chaos harvest through it",
    "store/engines/__init__": "tests/store/test_database.py opens stores through it",
    "store/engines/sqlite": "tests/store/test_database.py and test_reading.py open stores through it",
    "store/limits": "tests/store/test_reading.py reads with limits",
    "store/migrations/versions/r0001_initial": "tests/store/migrations/test_migrations.py compares its tables",
    "cli/deposit_marks": "tests/cli/test_deposits.py and tests/cli/test_deposit.py mark DOIs",
    "cli/registered": "tests/cli/test_deposit.py reads what it prints",
    "registration/reader": "tests/registration/test_round.py and test_by_hand.py read logs through it",
    "registration/sender": "tests/registration/test_round.py sends and asks through it",
    "store/migrations/versions/r0007_digest": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0008_registration": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0009_held_records": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0010_overruled": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0011_short_since": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0012_journals": "tests/store/migrations/test_kept.py migrates every store",
    "store/search_structs": "tests/store/test_search.py chooses articles with them",
    "store/migrations/versions/r0013_wishes": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0014_mark_system": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0015_rejected_after": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0016_taken": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0017_matched_references": "tests/store/migrations/test_kept.py migrates every store",
    "store/migrations/versions/r0004_expectations": "tests/store/migrations/test_kept.py migrates every store",
}


def has_functions(module: Path) -> bool:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))


def has_a_test(module: Path) -> bool:
    path = TESTS / module.relative_to(PACKAGE)
    name = path.parent.name if path.stem == "__init__" else path.stem
    return (path.parent / f"test_{name}.py").is_file() or any((path.parent / name).glob("test_*.py"))


def test_every_module_has_its_test_at_the_same_path():
    without = {module for module in PACKAGE.rglob("*.py") if has_functions(module) and not has_a_test(module)}
    names = {module.relative_to(PACKAGE).with_suffix("").as_posix() for module in without}
    assert names - ELSEWHERE.keys() == set(), "write a test at the same path"
    assert ELSEWHERE.keys() - names == set(), "take these out of ELSEWHERE: they have a test, or are gone"
