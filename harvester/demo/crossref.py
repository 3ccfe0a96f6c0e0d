"""The stand-in of Crossref, with an account for the demo's DOI prefixes, and the settings that send deposits to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from harvester.config import Config
from harvester.crossref import bundles
from harvester.crossref.versions import DEFAULT
from harvester.demo.ports import started
from harvester.standin import Account, Knobs, StandIn, State, serve

ACCOUNT = Account(
    login="demo",
    password="demo-password",  # noqa: S106 - nothing is protected by it
    prefixes=("10.5555", "10.48015"),
    name="Example University",
)
# Its deposits for the other prefix of the demo are refused, for those who want to see that.
GUEST = Account(login="guest", password="guest-password", prefixes=("10.48015",), name="Guest")  # noqa: S106
PASSWORD_FILE = "crossref-password.txt"  # noqa: S105 - a name

# Long enough to be seen, and short enough to wait for.
KNOBS = Knobs(
    visible_delay=timedelta(seconds=1),
    queue_delay=timedelta(seconds=3),
    process_delay=timedelta(seconds=2),
    index_delay=timedelta(minutes=1),
)
# Of `harvester demo`, which waits for the results itself. With this pace it asks after 0.6, 1.2 and 3 seconds.
QUICK_KNOBS = Knobs(
    visible_delay=timedelta(),
    queue_delay=timedelta(seconds=0.2),
    process_delay=timedelta(seconds=0.2),
    index_delay=timedelta(minutes=1),
)
QUICK_PACE = 0.01

_RUN_VARIABLE = "HARVESTER_DEMO_PASSWORD"  # another than that of a person, who may have a real password there

EARLIER_DEPOSIT = Path(__file__).with_name("earlier_deposit.xml")


def prepared(knobs: Knobs = KNOBS) -> State:
    """The stand-in before the first deposit: one journal of the demo belongs to another publisher there, and one of
    its articles has another DOI already.

    Raises `BundleError` if the schema of that deposit is not installed: then it could not validate any file.
    """
    bundles.load(DEFAULT)
    state = State([ACCOUNT, GUEST], knobs=knobs)
    state.add_title("Harbour Society Papers", "10.99999", "0000-0094", publisher="Harbour Society")
    state.deposit_directly(EARLIER_DEPOSIT.read_bytes(), ACCOUNT.login, "earlier.xml")
    return state


@contextmanager
def serving(port: int = 0, knobs: Knobs = KNOBS) -> Iterator[StandIn]:
    """The stand-in for the demo. Port 0 is any free port. Raises `HarvesterError` if the port cannot be used."""
    with started(lambda number: serve(prepared(knobs), number), port) as server:
        yield server


@contextmanager
def sending(config: Config) -> Iterator[Config]:
    """The configuration with deposits to a stand-in that runs in the block.

    These settings are in no file, and the password is in the environment of this process only. So the configuration of
    the demo sends nothing when the stand-in is gone.
    """
    assert config.crossref is not None, "the demo has this table"
    with serving(knobs=QUICK_KNOBS) as server:
        crossref = replace(
            config.crossref,
            deposit="live",
            deposit_url=server.root,
            api_url=server.root,
            login=ACCOUNT.login,
            password_env=_RUN_VARIABLE,
            password_file=None,
            pace=QUICK_PACE,
        )
        os.environ[_RUN_VARIABLE] = ACCOUNT.password
        try:
            yield replace(config, targets={**config.targets, "crossref": crossref})
        finally:
            del os.environ[_RUN_VARIABLE]


def introduction(root: str) -> Iterator[str]:
    """What the stand-in at `root` is and how to use it, line by line."""
    yield f"A stand-in of Crossref is at {root}. It is not Crossref, and nothing is registered anywhere."
    yield f"Its page {root}/ lists what it received. It forgets everything when it ends."
    yield "Of the articles of `harvester demo`, it refuses one for its ISSN and registers one with a conflict."
    yield ""
    yield f"Login: {ACCOUNT.login}"
    yield f"Password: {ACCOUNT.password}"
    yield f"DOI prefixes: {', '.join(ACCOUNT.prefixes)}"
    yield f"Another login, which may not use {ACCOUNT.prefixes[0]}: {GUEST.login}, with {GUEST.password}"
    yield ""
    yield "To send deposits to it, put the password into a file next to config.toml:"
    yield f"  echo {ACCOUNT.password} > {PASSWORD_FILE}"
    yield "and add these lines to config.toml, below [crossref] if it has this table:"
    yield from (f"  {line}" for line in settings(root))


def settings(root: str) -> list[str]:
    """The lines of config.toml for a stand-in at `root`. What is registered there must never count as live."""
    return [
        "[crossref]",
        'deposit = "test"',
        f'deposit_url = "{root}"',
        f'api_url = "{root}"',
        f'login = "{ACCOUNT.login}"',
        f'password_file = "{PASSWORD_FILE}"',
    ]
