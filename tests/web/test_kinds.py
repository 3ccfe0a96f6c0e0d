"""Facets are counted values in words; keys are checked."""

import pytest
from werkzeug.exceptions import BadRequest

from harvester.markup import foreign
from harvester.web.kinds import Chosen, Value, facet


def test_facet_is_in_the_order_of_its_words_or_by_number():
    words = {"failed": "it failed", "complete": "it is complete"}
    assert facet("state", "State", {"complete": 3, "failed": 1}, words).values == [
        Value("failed", "it failed", 1),
        Value("complete", "it is complete", 3),
    ]
    assert [one.value for one in facet("source", "Source", {"b": 1, "a": 1, "c": 2}).values or ()] == ["c", "a", "b"]


def test_value_without_words_is_counted_too():
    assert facet("state", "State", {"new": 2}, {"old": "old"}).values == [Value("new", foreign("new"), 2)]


def test_facet_that_was_not_counted_has_no_values():
    assert facet("source", "Source", None).values is None


def test_key_of_a_row():
    assert Chosen().after_number() is None
    assert Chosen(after="7").after_number() == 7
    with pytest.raises(BadRequest):
        Chosen(after="7x").after_number()
