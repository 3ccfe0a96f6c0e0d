"""What was reported in digests: when, and which articles as held back."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(DIGEST)
    op.execute(DIGEST_HELD)


DIGEST = """
CREATE TABLE digest (
    id INTEGER NOT NULL,
    sent TEXT NOT NULL,
    CONSTRAINT pk_digest PRIMARY KEY (id)
)
"""
DIGEST_HELD = """
CREATE TABLE digest_held (
    article_id INTEGER NOT NULL,
    CONSTRAINT pk_digest_held PRIMARY KEY (article_id),
    CONSTRAINT fk_digest_held_article_id FOREIGN KEY(article_id) REFERENCES article (id)
)
"""
