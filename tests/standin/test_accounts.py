"""Logins and their refusals."""

from __future__ import annotations

import pytest

from harvester.standin.accounts import NO_LOGIN, WRONG, Account, Refused, identify, of_prefix

PRESS = Account(login="press", password="Secret", prefixes=("10.5555", "10.48015"))
ADA = Account(login="ada@example.org", password="x", prefixes=("10.1234",), roles=("abcd", "efgh"))
ACCOUNTS = {account.login: account for account in (PRESS, ADA)}


@pytest.mark.parametrize(
    ("login", "password", "account"),
    [
        ("press", "Secret", PRESS),
        ("ada@example.org", "x", ADA),
        ("ada@example.org/efgh", "x", ADA),
    ],
)
def test_accepted(login: str, password: str, account: Account) -> None:
    assert identify(ACCOUNTS, login, password) is account


@pytest.mark.parametrize(
    ("login", "password", "reason"),
    [
        (None, None, NO_LOGIN),
        ("", "Secret", NO_LOGIN),
        ("press", None, WRONG),
        ("press", "secret", WRONG),
        ("Press", "Secret", WRONG),
        ("nobody/abcd", "x", WRONG),
        ("ada@example.org/ABCD", "x", "User 'ada@example.org' cannot assume specified role 'ABCD'"),
    ],
)
def test_refused(login: str | None, password: str | None, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        identify(ACCOUNTS, login, password)


def test_account_of_a_prefix() -> None:
    assert of_prefix(ACCOUNTS.values(), "10.48015") is PRESS
    assert of_prefix(ACCOUNTS.values(), "10.4801") is None


def test_password_is_not_shown() -> None:
    assert "Secret" not in repr(PRESS) + str(ACCOUNTS)
