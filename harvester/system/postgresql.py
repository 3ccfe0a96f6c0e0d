"""How this program connects to a PostgreSQL server, with psycopg alone."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

OPTIONS: dict[str, Any] = {
    "application_name": "harvester",
    "connect_timeout": 10,
    # The other end may be gone without a word. Linux would wait for two hours.
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 40_000,
}


def place_of(url: str) -> str:
    """The database as a person calls it, without a password."""
    parts = conninfo_to_dict(url)
    return f"database {parts.get('dbname', '')} on {parts.get('host', 'localhost')}"
