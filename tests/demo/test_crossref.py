"""The stand-in of Crossref for the demo, and what it answers to the demo's own deposits."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import requests

from harvester.demo import configuration, crossref
from harvester.demo.run import run
from harvester.errors import BundleError
from harvester.standin.diagnostic import Diagnosis


def test_account_may_deposit_for_the_prefixes_of_the_demo() -> None:
    demo = tomllib.loads(configuration.render("http://127.0.0.1:8021"))
    assert crossref.ACCOUNT.prefixes == tuple(demo["crossref"]["prefixes"])


def test_settings_are_toml_and_name_no_password() -> None:
    found = tomllib.loads("\n".join(crossref.settings("http://127.0.0.1:8022")))["crossref"]
    assert (found["deposit"], found["deposit_url"], found["api_url"]) == ("test", *["http://127.0.0.1:8022"] * 2)
    assert (found["login"], found["password_file"]) == ("demo", "crossref-password.txt")
    assert crossref.ACCOUNT.password not in found.values()


def test_it_does_not_start_without_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not validate what is sent to it, nor register the article of the conflict."""
    monkeypatch.setattr("harvester.crossref.bundles.pins.folders", lambda: [tmp_path])
    with pytest.raises(BundleError, match="run: harvester schemas install"):
        crossref.prepared()


def test_login_of_the_introduction_works() -> None:
    with crossref.serving() as server:
        lines = list(crossref.introduction(server.root))
        login, password = (line.split(": ")[1] for line in lines if line.startswith(("Login", "Password")))
        form = {"usr": login, "pwd": password, "file_name": "none.xml", "type": "result"}
        answer = requests.post(f"{server.root}/servlet/submissionDownload", data=form, timeout=30)
    assert "unknown_submission" in answer.text
    assert "It is not Crossref" in lines[0]


@pytest.mark.slow
def test_one_article_of_the_demo_is_refused_and_one_in_conflict(tmp_path: Path) -> None:
    state = crossref.prepared()
    records: list[Diagnosis] = []
    for file in run(tmp_path).files:
        processed = state.deposit_directly(Path(file.path).read_bytes(), crossref.ACCOUNT.login).processed
        records += processed.records if processed else ()
    others = {record.pairs[0]: record.dois_in_conflict for record in records if record.status != "Success"}
    refused = (
        'ISSN "00000094" has already been assigned, title/issn: Harbour Society Papers/00000094 is owned by '
        "publisher: 10.99999"
    )
    assert others == {
        ("10.5555/zgw.10.1.24", "Added with conflict"): ("10.5555/gartenkunde-2017-1",),
        ("10.5555/hsp.41.1", refused): (),
    }
    assert len(records) == 30
