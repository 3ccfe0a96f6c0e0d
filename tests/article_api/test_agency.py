import os
from pathlib import Path

import pytest

from harvester.doaj.agency import DOAJ_AGENCY
from harvester.doaj.settings import DoajSettings
from harvester.errors import ConfigError, HarvesterError


def fingerprint(file: str | None, *login: str) -> str:
    terms = DOAJ_AGENCY.terms_of(DoajSettings(deposit="live"), *login, file=file)
    assert terms is not None
    return terms.login


def test_the_fingerprint_changes_with_the_login_and_the_file_of_the_secret(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("k")
    before = fingerprint(str(file), "a")
    assert before == fingerprint(str(file), "a") != fingerprint(str(file), "b")
    os.utime(file, (1, 1))
    assert before != fingerprint(str(file), "a")
    assert fingerprint(str(tmp_path / "missing")) != fingerprint(None)


def test_nothing_is_sent_while_it_is_off():
    assert DOAJ_AGENCY.terms_of(DoajSettings(), file=None) is None
    for call in (DOAJ_AGENCY.host_of, DOAJ_AGENCY.connection_of):
        with pytest.raises(ConfigError, match="Sending to DOAJ is off"):
            call(DoajSettings())


def test_the_host_is_that_of_the_system_or_the_configured_one():
    assert DOAJ_AGENCY.host_of(DoajSettings(deposit="live")) == "https://doaj.org"
    assert DOAJ_AGENCY.host_of(DoajSettings(deposit="test", api_url="http://127.0.0.1:1")) == "http://127.0.0.1:1"


def test_there_are_no_logs_to_read():
    with pytest.raises(HarvesterError, match="DOAJ mails no logs"):
        DOAJ_AGENCY.logs(b"")


def test_everybody_who_can_act_has_words():
    assert DOAJ_AGENCY.who("agency") == "DOAJ's support"
    assert DOAJ_AGENCY.who("nobody") == "nobody needs to"


def test_a_refusal_is_due_again_when_a_setting_that_it_names_changes():
    class Configuration:
        def __init__(self, key: str) -> None:
            self.path = Path("config.toml")
            self.targets = {"doaj": DoajSettings(api_key_file=key)}

        def deposit_secret(self, target: str) -> str | None:
            return self.targets[target].api_key_file

    first, second = (DOAJ_AGENCY.again(Configuration(key), "not-your-journal") for key in ("a", "b"))
    assert first.settings != second.settings
    assert DOAJ_AGENCY.again(Configuration("a"), "orcid").settings is None
    assert DOAJ_AGENCY.again(Configuration("a"), "server").time
