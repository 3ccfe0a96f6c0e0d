"""Secrets are read from environment and files, and a warning names those that cannot be hidden in messages."""

from __future__ import annotations

import logging

import pytest

from harvester.config import load, secrets
from harvester.errors import ConfigError

SOURCE = """
[sources.{name}]
url = "https://journal.example.org/oai"
formats = ["oai_dc"]
username = "jane"
password_env = "PASSWORD"
headers = {{ Accept-Language = "en" }}
headers_env = {{ X-Api-Key = "KEY" }}
headers_file = {{ X-Other-Key = "key.txt" }}
"""


@pytest.fixture
def warning(tmp_path, monkeypatch, caplog):
    """The warnings of reading a configuration with these secrets."""

    def read(password: str, key: str, filed: str, *, sources: int = 1) -> list[str]:
        monkeypatch.setenv("PASSWORD", password)
        monkeypatch.setenv("KEY", key)
        (tmp_path / "key.txt").write_text(filed)
        (tmp_path / "config.toml").write_text("".join(SOURCE.format(name=f"s{one}") for one in range(sources)))
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            load(tmp_path / "config.toml")
        return [record.getMessage() for record in caplog.records]

    return read


def test_short_secrets_are_named_once_without_their_values(warning):
    (sentence,) = warning("xqz", "k", "yv")
    settings = "sources.s0.password_env, sources.s0.headers_env, sources.s0.headers_file"
    assert sentence.startswith(f"{settings}: a secret of fewer than 4 characters is not hidden")
    assert "xqz" not in sentence
    assert "yv" not in sentence


def test_many_short_secrets_are_one_warning(warning):
    (sentence,) = warning("xqz", "long enough", "long enough", sources=9)
    assert "sources.s4.password_env and 4 more: " in sentence


@pytest.mark.parametrize("password", ["four", "päss", ""])
def test_long_and_missing_secrets_are_not_warned_of(warning, password):
    assert warning(password, "long enough", "long enough") == []


def test_short_secrets_of_targets_are_named(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("KEY", "abc")
    (tmp_path / "password.txt").write_text("abc\n")
    (tmp_path / "config.toml").write_text(
        '[datacite]\npassword_file = "password.txt"\n[doaj]\napi_key_env = "KEY"\n[sources]\n'
    )
    config = load(tmp_path / "config.toml")
    assert "datacite.password_file, doaj.api_key_env: a secret of fewer" in caplog.text
    assert (config.deposit_secret("datacite"), config.deposit_secret("doaj")) == ("abc", "abc")


@pytest.mark.parametrize(("password", "warned"), [("abc", True), ("%41%42%43%44", False), ("abcd", False), ("", False)])
def test_password_of_a_proxy_is_checked(warning, monkeypatch, password, warned):
    monkeypatch.setenv("HTTPS_PROXY", f"http://jane:{password}@proxy.example.org:3128")
    found = warning("long enough", "long enough", "long enough")
    assert [sentence.partition(":")[0] for sentence in found] == ["HTTPS_PROXY"] * warned


def test_first_line_of_a_file_is_the_secret(tmp_path):
    (tmp_path / "key").write_text("\ufeff secret \nmore\n", encoding="utf-8")
    assert secrets.from_file(str(tmp_path / "key"), "key") == "secret"
    (tmp_path / "key").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        secrets.from_file(str(tmp_path / "key"), "key")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("secret\r\n".encode("utf-16"), "is not UTF-8; save it again as UTF-8"),  # Notepad calls that Unicode
        ("secret\r\n".encode("utf-16-le"), "is not UTF-8; save it again as UTF-8"),
        ("süß\n".encode("cp1252"), "is not UTF-8; save it again as UTF-8"),
        (None, "cannot be read: No such file or directory; name a file that this user may read"),
    ],
)
def test_a_file_that_cannot_be_used_comes_with_the_next_step(tmp_path, content, words):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(ConfigError, match=f"a.key_file: .*key {words}"):
        secrets.from_file(str(tmp_path / "key"), "a.key_file")


def test_variable_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("KEY", raising=False)
    with pytest.raises(ConfigError, match=r"a\.key: the environment variable KEY is not set"):
        secrets.from_variable("KEY", "a.key")
