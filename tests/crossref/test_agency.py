"""Crossref as an agency: terms, login, what makes a DOI due again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.settings import CrossrefSettings
from harvester.errors import ConfigError
from harvester.system.stopping import never_stop


class Configuration(Struct):
    crossref: CrossrefSettings | None
    password: str | None = "s3cret"

    def deposit_secret(self, target: str) -> str | None:
        assert target == "crossref"
        return self.password


def configured(**changes: Any) -> Configuration:
    values = {"depositor_name": "A", "depositor_email": "a@example.org", "registrant": "A", "deposit": "test"}
    return Configuration(CrossrefSettings(**values | {"login": "abcd"} | changes))


def login(one: Configuration) -> str:
    terms = CROSSREF_AGENCY.terms(one)
    assert terms is not None
    return terms.login


def test_nothing_is_sent_unless_it_is_switched_on():
    assert CROSSREF_AGENCY.terms(Configuration(None)) is None
    assert CROSSREF_AGENCY.terms(configured(deposit="off")) is None
    terms = CROSSREF_AGENCY.terms(configured(pace=0.5, max_in_flight=3))
    assert terms is not None
    assert (terms.system, terms.pace, terms.max_in_flight) == ("test", 0.5, 3)


def test_the_fingerprint_of_a_login_says_nothing_and_changes_with_it(tmp_path: Path):
    path = tmp_path / "password.txt"
    path.write_text("s3cret\n")
    before = login(configured(password_file=str(path)))
    assert "abcd" not in before
    assert login(configured(password_file=str(path))) == before
    assert login(configured(password_file=str(path), login="abce")) != before
    os.utime(path, ns=(1, 1))
    assert login(configured(password_file=str(path))) != before


@pytest.mark.parametrize("one", [Configuration(None), configured(deposit="off"), configured(login=None)])
def test_without_a_login_there_is_no_connection(one: Configuration):
    with pytest.raises(ConfigError, match="Sending to Crossref is off"), CROSSREF_AGENCY.registrar(one, never_stop):
        pass


def test_the_settings_that_a_message_names_make_a_doi_due_again():
    before = CROSSREF_AGENCY.again(configured(), "prefix")
    assert before.settings is not None
    assert CROSSREF_AGENCY.again(configured(prefixes=("10.1234",)), "prefix").settings != before.settings
    assert CROSSREF_AGENCY.again(configured(registrant="B"), "prefix") == before
    assert CROSSREF_AGENCY.again(configured(), "server").time
    assert CROSSREF_AGENCY.again(configured(), "a new kind").settings is None


def test_every_person_has_words():
    assert CROSSREF_AGENCY.who("account") == "whoever has the account at Crossref"
    assert "{" not in CROSSREF_AGENCY.next_step("handle", "", {"submission_id": "77"})
    assert CROSSREF_AGENCY.sentence("added", "", {}, registered=True) == "The DOI is registered."
