"""An index of articles by journal and year, so that a list of a million can be counted."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_article_journal", "article", ["issn", "year", "state", "source"])
