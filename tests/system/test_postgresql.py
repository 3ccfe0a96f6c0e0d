from __future__ import annotations

import pytest

from harvester.system.postgresql import place_of


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://user:secret@db.example:5432/journals", "database journals on db.example"),
        ("postgresql:///journals?host=/run/postgresql", "database journals on /run/postgresql"),
        ("postgresql:///journals", "database journals on localhost"),
    ],
)
def test_place_has_no_password(url: str, place: str):
    assert place_of(url) == place
