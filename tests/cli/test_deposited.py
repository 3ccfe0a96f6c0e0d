"""How a deposit is worded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.cli.deposited import deposit_words

MOMENT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("file", "changed_since", "words"),
    [
        ("exports/10.5555-1.xml", False, "2026-03-04 in exports/10.5555-1.xml"),
        ("exports/10.5555-1.xml", True, "2026-03-04 in exports/10.5555-1.xml; changed since"),
        (None, False, "by another program, as marked on 2026-03-04"),
        (None, True, "by another program, as marked on 2026-03-04; changed since"),
    ],
)
def test_when_where_and_whether_it_has_changed(file, changed_since, words):
    assert deposit_words(MOMENT, file, changed_since=changed_since) == words
