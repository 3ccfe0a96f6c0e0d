"""Fingerprints change with what they are of, and do not show it."""

from __future__ import annotations

import os
from pathlib import Path

from harvester.system.fingerprints import fingerprint, of_login


def test_each_value_counts_and_where_it_ends():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("ab", "c") == fingerprint("ab", "c")
    assert len(fingerprint()) == 16


def test_a_login_changes_with_its_name_its_file_and_the_date_of_the_file(tmp_path: Path):
    path = tmp_path / "password.txt"
    path.write_text("s3cret")
    os.utime(path, ns=(1, 1))
    first = of_login("demo", None, file=str(path))
    assert of_login("demo", None, file=str(path)) == first
    assert of_login("Demo", None, file=str(path)) != first
    assert of_login("demo", "PASSWORD", file=str(path)) != first
    os.utime(path, ns=(2, 2))
    assert of_login("demo", None, file=str(path)) != first


def test_a_file_that_is_not_there_yet_is_no_error(tmp_path: Path):
    path = tmp_path / "password.txt"
    before = of_login("demo", file=str(path))
    path.write_text("s3cret")
    assert of_login("demo", file=str(path)) != before != of_login("demo", file=None)
