"""The registered agencies."""

from __future__ import annotations

from harvester.deposits.target import TARGETS
from harvester.registration.registrar import AGENCIES, sending_agencies, terms_of
from tests.registration.conftest import Depositor


def test_every_agency_is_a_target():
    assert set(AGENCIES) <= set(TARGETS)


def test_an_agency_sends_if_it_is_configured(depositor: Depositor):
    with depositor.press.bench.opened() as (config, _):
        assert [agency.name for agency in sending_agencies(config)] == ["crossref"]
        assert terms_of(config, "other") is None
    config = depositor.press.configure()
    assert sending_agencies(config) == []
