"""`harvester doctor`."""

from __future__ import annotations

import sqlite3
from contextlib import closing


def test_doctor_finds_damage(scheduled, tmp_path):
    scheduled("harvest")
    assert scheduled("doctor", "--deep").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "harvester.sqlite")) as connection, connection:
        connection.execute("UPDATE payload SET data = zeroblob(length(data)) WHERE id = 1")
    assert scheduled("doctor").exit_code == 0
    found = scheduled("doctor", "--deep")
    assert (found.exit_code, "not what was received" in found.stdout) == (1, True)
