"""Saves a store of this revision for the tests of later ones: `python -m tests.store.migrations.keep`.

It is the store that `harvester demo` creates, as SQL: every table has rows, and the ledger has deposits.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from harvester.demo.run import run
from harvester.store import migrations

STORES = Path(__file__).with_name("stores")
IN_DEMO = "harvester.sqlite"


def keep(path: Path) -> None:
    """Runs the demo and saves its store."""
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder))
        with closing(sqlite3.connect(Path(folder) / IN_DEMO)) as connection:
            sql = "\n".join(connection.iterdump())
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(sql.encode(), mtime=0))


def restore(kept: Path, path: Path) -> None:
    """Creates a store file from a saved store."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress(kept.read_bytes()).decode())


def current() -> Path:
    """The file of the saved store of this revision."""
    return STORES / f"{migrations.HEAD}.sql.gz"


if __name__ == "__main__":
    keep(current())
    sys.stdout.write(f"{current()}\n")
