"""The model of a provider that changes, fails and forgets, with longer sequences than in the fast tests."""

from __future__ import annotations

from hypothesis import settings

from tests.chaos.test_model import Provider


class Longer(Provider):
    """The same model as its own class, which has its own settings."""


TestLonger = Longer.TestCase
TestLonger.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
