from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from harvester import store
from harvester.errors import StoreError
from harvester.store import migrations
from tests.store import samples
from tests.store.samples import article_save, fill, name

# A revision that a later program could have: it fills a new column, and makes a table anew as SQLite must.
NOW, LATER = migrations.HEAD, "9999"
NEXT = f"""
from alembic import op
import sqlalchemy as sa

revision = "{LATER}"
down_revision = "{NOW}"

def upgrade() -> None:
    with op.batch_alter_table("source") as table:
        table.add_column(sa.Column("contact", sa.Text, server_default="nobody", nullable=False))
"""
BREAKS = NEXT + '    op.execute("DELETE FROM payload")\n'
FAILS = NEXT + '    op.execute("INSERT INTO nowhere VALUES (1)")\n'


def read(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def schema(path: Path) -> dict[str, str]:
    """What the file is made of, name by name, without the layout of the SQL."""
    rows = read(path, "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {str(name): re.sub(r"\s+", " ", re.sub(r"\s*([(),])\s*", r"\1", str(sql))).strip() for name, sql in rows}


def empty(path: Path) -> None:
    """A file that alembic knows, before the first revision."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL)")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Lets the program have one more revision, of this text."""

    def program(text: str) -> None:
        folder = tmp_path / "later"
        folder.mkdir()
        for part in (migrations.FOLDER / "env.py", *(migrations.FOLDER / "versions").glob("r*.py")):
            copy = folder / part.relative_to(migrations.FOLDER)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(part.read_text())
        (folder / "versions" / "r9999_later.py").write_text(text)
        monkeypatch.setattr(migrations, "FOLDER", folder)
        monkeypatch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, LATER))
        monkeypatch.setattr(migrations, "HEAD", LATER)

    return program


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of this program, with an article."""
    with store.connect(samples.url(tmp_path)) as opened:
        fill(opened, article_save(1))
        return opened.path


def test_a_new_store_is_what_the_migrations_make(tmp_path: Path):
    new, migrated = tmp_path / "new.sqlite", tmp_path / "migrated.sqlite"
    empty(migrated)
    for path in (new, migrated):
        with store.connect(f"sqlite:///{path}") as opened:
            fill(opened, article_save(1))
    made, grown = schema(new), schema(migrated)
    for both in (made, grown):
        del both["table alembic_version"]  # alembic makes it in its own words
    assert grown == made
    versions = "SELECT version_num FROM alembic_version"
    assert read(new, versions) == read(migrated, versions) == [(migrations.HEAD,)]


def test_the_revisions_are_those_that_alembic_finds():
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    scripts = ScriptDirectory.from_config(config)
    assert ("", *reversed([one.revision for one in scripts.walk_revisions()])) == migrations.REVISIONS
    assert scripts.get_current_head() == migrations.HEAD


def test_an_older_store_is_migrated_and_backed_up_first(old: Path, later):
    later(NEXT)
    with store.connect(f"sqlite:///{old}") as opened:
        assert [one.identifier for one in opened.article(name(1))] == [name(1)]
        assert opened.check_integrity(deep=True) == []
        with opened._write() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert read(old, "SELECT name, contact FROM source") == [("wetlands", "nobody")]
    backup = old.with_name(f"store.sqlite.before-{LATER}")
    assert read(backup, "SELECT version_num FROM alembic_version") == [(NOW,)]
    assert read(backup, "SELECT identifier FROM record") == [(name(1),)]


def test_a_store_is_migrated_once(old: Path, later):
    later(NEXT)
    for _ in range(2):
        with store.connect(f"sqlite:///{old}"):
            pass
        old.with_name(f"store.sqlite.before-{LATER}").unlink(missing_ok=True)
    assert not old.with_name(f"store.sqlite.before-{LATER}").exists()


def test_two_that_open_an_older_store_at_once_leave_the_copy_as_it_was_before(old: Path, later):
    later(NEXT)
    with store.connect(f"sqlite:///{old}") as opened:
        opened._migrate(NOW)  # the second has read the revision before the first changed it
    backup = old.with_name(f"store.sqlite.before-{LATER}")
    assert read(backup, "SELECT version_num FROM alembic_version") == [(NOW,)]


@pytest.mark.parametrize(("text", "said"), [(BREAKS, "point to nothing"), (FAILS, "no such table: nowhere")])
def test_a_migration_that_goes_wrong_leaves_the_store_as_it_was(old: Path, later, text: str, said: str):
    before = schema(old)
    later(text)
    with pytest.raises(StoreError, match=said), store.connect(f"sqlite:///{old}"):
        pass
    assert schema(old) == before
    assert read(old, "SELECT version_num FROM alembic_version") == [(NOW,)]
    assert read(old, "SELECT count(*) FROM payload") == [(1,)]
