"""Logins: who may deposit, and for which DOI prefixes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct


class Account(Struct, frozen=True, kw_only=True):
    """A member's login. A person's login (user@example.org) assumes one of its `roles`, as user@example.org/role."""

    login: str
    password: str
    prefixes: tuple[str, ...]  # DOI prefixes it may deposit for; the first is that of the member
    name: str = "Stand-in Press"  # of the publisher
    member: int = 99999
    roles: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Account({self.login!r})"  # without the password


class Refused(Exception):
    """The login is missing or wrong. The message is Crossref's."""


NO_LOGIN = "No login info in request"
WRONG = "Wrong credentials. Incorrect username or password."


def identify(accounts: Mapping[str, Account], login: str | None, password: str | None) -> Account:
    """The account for a login, which is case-sensitive, as the password is. Raises `Refused`."""
    if not login:
        raise Refused(NO_LOGIN)
    user, slash, role = login.partition("/")
    account = accounts.get(user)
    if account is None or account.password != password:
        raise Refused(WRONG)
    if slash and role not in account.roles:
        raise Refused(f"User '{user}' cannot assume specified role '{role}'")
    return account


def of_prefix(accounts: Iterable[Account], prefix: str) -> Account | None:
    """The account that may deposit for a DOI prefix."""
    return next((account for account in accounts if prefix in account.prefixes), None)
