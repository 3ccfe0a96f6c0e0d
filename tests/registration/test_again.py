"""What makes a refused DOI due again."""

from __future__ import annotations

from typing import Any

import pytest

from harvester.answers import Again
from harvester.registration.again import due, has_changed
from harvester.standin.diagnostic import failure
from tests.registration.conftest import Depositor
from tests.registration.samples import HOUR, NOW, doi

TARGET = {"target": "10.5555/B"}
CHANGES: list[tuple[Any, Any, Again, bool]] = [
    (doi("refused", settings="abc"), None, Again(settings="abc"), False),
    (doi("refused", settings="abc"), None, Again(settings="abd"), True),
    (doi("refused", settings="abc", due=NOW), None, Again(settings="abd"), False),  # it is due already
    (doi("refused", details=TARGET), None, Again(target=True), False),  # it is not ours
    (doi("refused", details=TARGET), doi("waiting"), Again(target=True), False),
    (doi("refused", details=TARGET), doi("registered", changed=NOW), Again(target=True), True),  # of the same file
    (doi("refused", details=TARGET), doi("registered_with_conflict", changed=NOW + HOUR), Again(target=True), True),
    (doi("refused", details=TARGET), doi("registered", changed=NOW - HOUR), Again(target=True), False),  # was there
    (doi("refused", details=TARGET), doi("registered", changed=NOW + HOUR), Again(), False),
    (doi("refused"), doi("registered", changed=NOW + HOUR), Again(target=True), False),
]


@pytest.mark.parametrize(("known", "target", "again", "expected"), CHANGES)
def test_what_makes_it_due(known: Any, target: Any, again: Again, expected: bool):
    assert has_changed(known, again, {"10.5555/b": target} if target else {}) == expected


@pytest.mark.slow
def test_an_article_is_sent_again_once_the_doi_that_its_relation_names_is_registered(depositor: Depositor):
    text = "Error processing relations: Relation target DOI does not exist: 10.5555/lamps.4"
    depositor.standin.state.knobs.verdicts = {"10.5555/lamps.2": (failure("10.5555/lamps.2", text),)}
    depositor.deposit()
    depositor.settle()
    assert depositor.registration(2).kind == "relation"
    depositor.clock.advance(hours=10)
    assert depositor.export().files == ()
    depositor.standin.state.knobs.verdicts = {}
    depositor.press.correct(4)
    depositor.deposit()
    depositor.settle()
    assert [file.dois for file in depositor.export().files] == [("10.5555/lamps.2",)]
    depositor.deposit()
    depositor.settle()
    assert depositor.states()["2"] == "registered"


def test_a_doi_that_is_due_forgets_its_settings():
    one = due(doi("refused", settings="abc"), NOW)
    assert (one.due, one.settings, one.state) == (NOW, None, "refused")
