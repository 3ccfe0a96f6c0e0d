"""What contradicts in `[crossref]` alone."""

from __future__ import annotations

import pytest

from harvester.crossref.settings import TABLE


@pytest.mark.parametrize(
    ("deposit", "max_bytes", "expected"),
    [("live", 10_000_001, ["max_bytes"]), ("test", 10_000_000, []), ("off", 10_000_001, []), ("live", 0, [])],
)
def test_a_file_is_not_larger_than_an_upload_may_be(deposit: str, max_bytes: int, expected: list[str]):
    found = dict(TABLE.contradictions({"deposit": deposit, "max_bytes": max_bytes}))
    assert list(found) == expected
    assert all("10,000,000 bytes" in sentence for sentence in found.values())
