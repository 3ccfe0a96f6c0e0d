"""There are words for every state."""

from __future__ import annotations

from typing import get_args

from harvester.registration import words
from harvester.store import DoiState, FileState
from tests.registration.samples import HOUR, NOW, file


def test_every_state_has_words():
    assert set(words.OF_FILE) == set(get_args(FileState))
    assert set(words.OF_DOI) == set(words.GROUPS) == set(get_args(DoiState))


def test_a_file_says_what_is_next():
    assert words.of_file(file(state="sent", answer="ok", next=NOW + HOUR), NOW).endswith("; next: 2026-11-24 13:00 UTC")
    assert words.of_file(file(), NOW).endswith("; next: now")
    assert "next" not in words.of_file(file(state="completed"), NOW)
