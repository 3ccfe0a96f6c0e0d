"""Migrations of stores that an older program wrote. Alembic is imported only if there is something to migrate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent

# Of every store that this program can migrate, oldest first.
REVISIONS = ("", *(f"{number:04}" for number in range(1, 18)))
HEAD = REVISIONS[-1]


def upgrade(connection: Connection) -> None:
    """Migrates the store to `HEAD`, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
