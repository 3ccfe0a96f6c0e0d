"""From parameters to articles, and how they are counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from werkzeug.exceptions import BadRequest

from harvester.config import load
from harvester.standing.article import STATES, ArticleState, facts_in, state_of
from harvester.store import EVERY_FACT
from harvester.web.chosen import _states, choice_of, journal_values
from tests.web.conftest import CONFIG

JOURNALS = """
[journals."2049-3630"]
title = "Wetland Notes"
issn_print = "2049-3622"
"""


@pytest.fixture
def config(tmp_path: Path):
    (tmp_path / "config.toml").write_text(CONFIG + JOURNALS, encoding="utf-8")
    return load(tmp_path / "config.toml")


def test_search_is_a_name_or_words(config):
    def of(searched: str) -> tuple[str | None, tuple[str, ...]]:
        choice = choice_of(config, {"q": searched})
        assert choice is not None
        return choice.named, choice.words

    assert of("10.5555/a") == ("10.5555/a", ())
    assert of("https://doi.org/10.5555/a") == ("https://doi.org/10.5555/a", ())
    assert of("oai:x:1") == ("oai:x:1", ())
    assert of("Reeds: a history") == (None, ("Reeds:", "a", "history"))
    assert len(of("a " * 400)[1]) == 8


def test_every_issn_of_a_journal_is_meant(config):
    issns = set(config.journal_tables)
    for one in issns:
        choice = choice_of(config, {"journal": one})
        assert choice is not None
        assert set(choice.issns) == issns
    unknown, none = choice_of(config, {"journal": "1234-5679"}), choice_of(config, {"journal": "none"})
    assert (unknown and unknown.issns, none and none.issns) == (("1234-5679",), ("",))


def test_unknown_state_means_nothing_and_a_bad_year_is_refused(config):
    assert choice_of(config, {"state": "lost"}) is None
    with pytest.raises(BadRequest):
        choice_of(config, {"year": "MMXX"})


def test_states_are_a_partition_of_all_that_can_be_true():
    assert sorted(Counter(facts for state in STATES for facts in facts_in(state)).values()) == [1] * len(EVERY_FACT)
    assert all(state_of(facts) == state for state in STATES for facts in facts_in(state))


def test_numbers_of_states_add_up():
    base = {"ready": 10, "held": 3, "deleted": 2}
    numbers = _states(base, Counter[ArticleState]({"registered": 4, "ready": 1, "changed": 2}))
    assert numbers == {"registered": 4, "ready": 4, "changed": 2, "held_back": 3, "deleted": 2}
    assert sum(number or 0 for number in numbers.values()) == sum(base.values())
    uncounted = _states(base, None)
    assert (uncounted["held_back"], uncounted["ready"], len(uncounted)) == (3, None, len(STATES))


def test_journals_are_counted_by_title(config):
    values = journal_values(config, {"2049-3630": 2, "2049-3622": 1, None: 4, "1234-5679": 5}, {"1234-5679": "Bog"})
    assert [(value.value, value.number) for value in values or ()] == [
        ("1234-5679", 5),
        ("none", 4),
        (config.journal_tables["2049-3630"], 3),
    ]
