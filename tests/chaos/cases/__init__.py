"""Every fault that a harvest can meet, each a provider that has it. The table in docs/faults.md is made of these."""

from __future__ import annotations

from importlib import import_module

from tests.chaos.case import CASES

__all__ = ["CASES"]

# In the order of the table.
for topic in ("lists", "tokens", "records", "encodings", "transport", "dates", "deletions", "sets"):
    import_module(f"tests.chaos.cases.{topic}")
