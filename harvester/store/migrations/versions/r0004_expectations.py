"""What a list announced survives a restart of its window, and a complete run can need a person.

An index that was rebuilt in the middle of a list lost records: the second, shorter list was believed.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE run_window ADD COLUMN announced INTEGER DEFAULT '0' NOT NULL")
    op.execute("ALTER TABLE run_window ADD COLUMN delivered INTEGER DEFAULT '0' NOT NULL")
    op.execute("ALTER TABLE run_window ADD COLUMN last_total INTEGER")
    op.execute("ALTER TABLE run ADD COLUMN needs_person BOOLEAN DEFAULT '0' NOT NULL")
    op.execute("UPDATE run_window SET announced = list_size WHERE list_size IS NOT NULL")
