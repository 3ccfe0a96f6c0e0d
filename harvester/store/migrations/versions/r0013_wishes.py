"""What people ask for on the web page."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute(WISH)
    op.execute("CREATE INDEX ix_wish_done ON wish (done)")


WISH = """
CREATE TABLE wish (
    id INTEGER NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    choices TEXT DEFAULT '{}' NOT NULL,
    upload BLOB,
    asked TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    taken TEXT,
    done TEXT,
    succeeded BOOLEAN,
    outcome TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_wish PRIMARY KEY (id)
)"""
