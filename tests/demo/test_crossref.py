"""The stand-in of Crossref for the demo takes the demo's own deposits."""

from __future__ import annotations

import tomllib

import requests

from harvester.demo import configuration, crossref


def test_account_may_deposit_for_the_prefixes_of_the_demo() -> None:
    demo = tomllib.loads(configuration.render("http://127.0.0.1:8021"))
    assert crossref.ACCOUNT.prefixes == tuple(demo["crossref"]["prefixes"])


def test_settings_are_toml_and_name_no_password() -> None:
    found = tomllib.loads("\n".join(crossref.settings("http://127.0.0.1:8022")))["crossref"]
    assert (found["deposit"], found["deposit_url"], found["api_url"]) == ("live", *["http://127.0.0.1:8022"] * 2)
    assert (found["login"], found["password_env"]) == ("demo", "CROSSREF_PASSWORD")
    assert crossref.ACCOUNT.password not in found.values()


def test_login_of_the_introduction_works() -> None:
    with crossref.serving() as server:
        lines = list(crossref.introduction(server.root))
        login, password = (line.split(": ")[1] for line in lines if line.startswith(("Login", "Password")))
        form = {"usr": login, "pwd": password, "file_name": "none.xml", "type": "result"}
        answer = requests.post(f"{server.root}/servlet/submissionDownload", data=form, timeout=30)
    assert "unknown_submission" in answer.text
    assert "It is not Crossref" in lines[0]
