"""Files of passwords are read at start, and a wrong one names the command that writes it."""

import pytest
from msgspec import structs

from harvester.config import Web
from harvester.errors import ConfigError
from harvester.web.access.credentials import Credentials, read
from harvester.web.access.passwords import hashed


def test_nothing_is_configured():
    assert read(Web()) == Credentials()


def test_hash_and_token_are_read(tmp_path):
    line = hashed("correct horse")
    (tmp_path / "password").write_text(f"{line}\n")
    (tmp_path / "token").write_text("t" * 32)
    web = Web(password_file=str(tmp_path / "password"), token_file=str(tmp_path / "token"))
    assert read(web) == Credentials(password=line, token="t" * 32)


@pytest.mark.parametrize(
    ("key", "content", "message"),
    [
        ("password_file", None, "has no password yet; write one with `harvester web password`"),
        ("password_file", "", "has no password yet"),
        ("password_file", "correct horse", "has no hash of a password"),
        ("reader_password_file", None, "`harvester web password --reader`"),
        ("token_file", "short", "32 characters are the least"),
        ("token_file", None, "cannot be read"),
    ],
)
def test_file_that_cannot_be_used(tmp_path, key, content, message):
    if content is not None:
        (tmp_path / "file").write_text(content)
    with pytest.raises(ConfigError, match=f"web.{key[:5]}.*{message}") as raised:
        read(structs.replace(Web(), **{key: str(tmp_path / "file")}))
    assert raised.value.exit_code == 2
    assert "correct horse" not in str(raised.value)
