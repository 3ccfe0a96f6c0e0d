"""Passwords are kept as hashes that cost time."""

import pytest

from harvester.web.access.passwords import hashed, is_hash, matches, same


@pytest.mark.parametrize("password", ["correct horse", "пароль библиотеки", "x" * 10_000])
def test_password_matches_its_hash_only(password):
    line = hashed(password)
    assert is_hash(line)
    assert password not in line
    assert matches(password, line)
    assert not matches(f"{password} ", line)


def test_same_password_has_another_hash_each_time():
    assert hashed("correct horse") != hashed("correct horse")


@pytest.mark.parametrize(
    "line",
    ["", "secret", "scrypt$1$2", "bcrypt$32768$8$1$YQ==$YQ==", "scrypt$x$8$1$YQ==$YQ==", "scrypt$32768$8$1$?$?",
     "scrypt$99999999999$8$1$YQ==$YQ=="],
)  # fmt: skip
def test_anything_else_is_no_hash(line):
    assert not is_hash(line)


def test_secrets_are_compared_whole():
    assert same("geheim", "geheim")
    assert not same("geheim", "geheimer")
    assert not same("", "\ud800")
