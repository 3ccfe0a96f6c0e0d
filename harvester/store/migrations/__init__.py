"""How an older store becomes a store of this program. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent

REVISIONS = ("", "0001", "0002")  # oldest first; every store this program can bring up to date
HEAD = REVISIONS[-1]


def upgrade(connection: Connection) -> None:
    """Brings the store to `HEAD`, inside the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
