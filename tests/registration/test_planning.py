"""When the next round has something to do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.registration.planning import next_moment
from tests.registration.conftest import Depositor

pytestmark = pytest.mark.slow


def planned(depositor: Depositor, *, sends: bool = True) -> datetime | None:
    with depositor.press.bench.opened() as (config, store):
        terms = CROSSREF_AGENCY.terms(config)
        assert terms is not None
        return next_moment(store, CROSSREF_AGENCY, terms, depositor.now(), sends=sends)


def test_results_are_due_by_the_schedule(depositor: Depositor):
    assert planned(depositor) is None
    depositor.deposit()
    moment = planned(depositor)
    assert moment is not None
    assert timedelta(seconds=55) < moment - depositor.now() <= timedelta(minutes=1)
    assert planned(depositor, sends=False) == moment
    depositor.settle()
    assert planned(depositor) is None


def test_a_file_that_waits_for_another_is_not_due_before(depositor: Depositor):
    depositor.export()
    depositor.press.correct(1, title={"en": "Corrected"})
    depositor.export()
    depositor.round()
    moment = planned(depositor)
    assert moment is not None
    assert moment > depositor.now()


def test_nothing_is_due_while_the_login_is_refused(depositor: Depositor):
    depositor.configure(login="nobody")
    depositor.deposit()
    assert planned(depositor) is None
    depositor.configure()
    assert planned(depositor) == depositor.now()


def test_an_agency_that_does_not_answer_is_left_in_peace(depositor: Depositor):
    depositor.standin.state.knobs.outage_until = depositor.now() + timedelta(hours=1)
    depositor.deposit()
    moment = planned(depositor)
    assert moment is not None
    assert moment - depositor.now() > timedelta(minutes=4)
    assert planned(depositor, sends=False) is None or planned(depositor, sends=False) >= moment  # type: ignore[operator]
