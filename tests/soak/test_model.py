"""The model of a provider that changes, fails and forgets, for longer than the fast tests follow it."""

from __future__ import annotations

from hypothesis import settings

from tests.chaos.test_model import Provider


class Longer(Provider):
    """As it is; a class of its own has settings of its own."""


TestLonger = Longer.TestCase
TestLonger.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
