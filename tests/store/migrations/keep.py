"""Saves the store of a release for the tests of later ones: `python -m tests.store.migrations.keep`, once per release.

It is the store that `harvester demo` creates, as SQL: every table has rows, and the ledger has deposits. The store
`0001` has the tables from before the first release.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from harvester import __version__
from harvester.demo.run import run

STORES = Path(__file__).with_name("stores")
IN_DEMO = "harvester.sqlite"
FOLDER = "/srv/journal"  # in the paths of the ledger, instead of the temporary folder of the demo


def keep(path: Path) -> None:
    """Runs the demo and saves its store."""
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder))
        with closing(sqlite3.connect(Path(folder) / IN_DEMO)) as connection:
            sql = "\n".join(connection.iterdump()).replace(folder, FOLDER)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(sql.encode(), mtime=0))


def restore(kept: Path, path: Path) -> None:
    """Creates a store file from a saved store."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress(kept.read_bytes()).decode())


def of_release(version: str) -> Path:
    """The file of the saved store of a release."""
    return STORES / f"{version}.sql.gz"


if __name__ == "__main__":
    saved = of_release(__version__)
    if saved.exists():
        sys.exit(f"{saved} exists, and a saved store never changes. Set the version of the next release first.")
    keep(saved)
    sys.stdout.write(f"{saved}\n")
