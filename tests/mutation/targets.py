"""The pure modules, the tests that must notice a change of them, and changes written by hand."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]

# Modules, each with tests that are run in addition to the one at its path. Those of `rules` are added below.
_MODULES: dict[str, tuple[str, ...]] = {
    "article_rows": (),
    "config/schedule": (),
    "crossref/client/diagnostic": (),
    "catalogue": (),
    "crossref/client/verdicts": (),
    "crossref/deposit/journal": ("tests/crossref/deposit/test_articles.py",),
    "datestamps": (),
    "deposits/outbox": (),
    "harvesting/by_identifier": (),
    "harvesting/changes": (),
    "harvesting/ending": (),
    "harvesting/lists": (),
    "harvesting/plan": (),
    "harvesting/refusals": (),
    "harvesting/windows": (),
    "identifiers": (),
    "mapping/assembly": (),
    "oai/retry": (),
    "store/runs": (),
    "system/files": ("tests/deposits/test_outbox.py",),
}

# Changes that no test can notice, because the program does the same: the module, the line as it is, and why.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "config/schedule",
        "near = get_close_matches(expression, NICKNAMES, n=1)",
        "near = get_close_matches(expression, NICKNAMES, n=(2))",
    ): "the nearest comes first, and only that is shown",
    (
        "identifiers",
        'if raw.startswith("10.") and raw.isascii() and "&" not in raw and _DOI.fullmatch(raw):',
        "if (raw.isascii() and '&' not in raw and _DOI.fullmatch(raw)):",
    ): "the pattern has the same beginning; this is faster",
    (
        "rules/dates",
        "return pub_date.year, month, pub_date.day or 1",
        "return pub_date.year, month, pub_date.day or (0)",
    ): "it is compared with days of the calendar, of which none lies between",
    ("rules/formulas", "continue", "pass"): "a text without formulas has none; this is faster",
    (
        "rules/lengths",
        "if len(value) > longest:",
        "if (len(value) >= longest):",
    ): "a value of this length is within its limits, and not reported",
}

# A module, a text in it, and what a mistake would make of it.
BY_HAND: tuple[tuple[str, str, str], ...] = (
    ("article_rows", ".removesuffix(provenance)", ""),
    ("config/schedule", "return first if first <= now else None", "return first if first < now else None"),
    ("crossref/deposit/journal", 'date.medium or "other"', 'date.medium or "print"'),
    ("deposits/outbox", "sync(folder)  #", "pass  #"),
    ("harvesting/changes", " or (known.repairs and not raw.repairs)", ""),
    ("mapping/assembly", "and not our_years & their_years", "and our_years != their_years"),
    ("oai/retry", "delay * 0.9", "delay * 0.5"),
    ("rules/dates", "+ timedelta(days=1)", "+ timedelta(days=2)"),
    ("store/runs", 'token = to.token or Token("")', 'token = Token("")'),
    ("system/files", "    sync(temporary)\n", ""),
    ("system/files", "    sync(final.parent)\n", ""),
    # The plan of a harvest: what `walk` and `ladder` did, whose mutants lived.
    ("harvesting/plan", "has_progressed=True, failed_lists=0, failed=failed", "has_progressed=True, failed=failed"),
    ("harvesting/plan", "replace(course, has_retried=True, failed=left)", "replace(course, has_retried=True)"),
    ("harvesting/plan", "0 if fetched.has_records else course.failed_lists + bool(fetched.total)", "0"),
    ("harvesting/plan", "window.attempts >= patience.attempts or ", ""),
)


def modules() -> dict[str, tuple[str, ...]]:
    """Every module with its tests."""
    rules: dict[str, tuple[str, ...]] = {
        f"rules/{path.stem}": ()
        for path in sorted((ROOT / "harvester/rules").glob("*.py"))
        if _test_of(f"rules/{path.stem}").is_file()
    }
    return {name: (str(_test_of(name).relative_to(ROOT)), *more) for name, more in (_MODULES | rules).items()}


def path_of(module: str) -> Path:
    return ROOT / f"harvester/{module}.py"


def _test_of(module: str) -> Path:
    folder, _, name = module.rpartition("/")
    return ROOT / "tests" / folder / f"test_{name}.py"
