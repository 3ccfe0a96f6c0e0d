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
from tests.store.samples import article_to_save, fill, name

# A revision that a later program could have: it adds a column by copying the table, as SQLite must.
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
    """The SQL of each table, index, trigger and view, by type and name, without its layout."""
    rows = read(path, "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {str(name): re.sub(r"\s+", " ", re.sub(r"\s*([(),])\s*", r"\1", str(sql))).strip() for name, sql in rows}


def empty(path: Path) -> None:
    """Creates a file as alembic sees it before the first revision."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL)")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Gives the program one more revision, with this text."""

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
        fill(opened, article_to_save(1))
        return Path(opened.where)


def test_new_store_has_the_schema_that_the_migrations_create(tmp_path: Path):
    new, migrated = tmp_path / "new.sqlite", tmp_path / "migrated.sqlite"
    empty(migrated)
    for path in (new, migrated):
        with store.connect(f"sqlite:///{path}") as opened:
            fill(opened, article_to_save(1))
    of_new, of_migrated = schema(new), schema(migrated)
    for tables in (of_new, of_migrated):
        del tables["table alembic_version"]  # alembic creates it with other SQL
    assert of_migrated == of_new
    versions = "SELECT version_num FROM alembic_version"
    assert read(new, versions) == read(migrated, versions) == [(migrations.HEAD,)]


def test_revisions_are_those_that_alembic_finds():
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    scripts = ScriptDirectory.from_config(config)
    assert ("", *reversed([one.revision for one in scripts.walk_revisions()])) == migrations.REVISIONS
    assert scripts.get_current_head() == migrations.HEAD


def test_an_older_store_is_migrated_and_backed_up_first(old: Path, later):
    later(NEXT)
    with store.connect(f"sqlite:///{old}") as opened:
        assert [one.identifier for one in opened.articles.find(name(1))] == [name(1)]
        assert opened.check_integrity(deep=True) == []
        with opened._database.write() as connection:
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


def test_two_processes_that_migrate_at_once_keep_the_backup_of_the_older_store(old: Path, later):
    later(NEXT)
    with store.connect(f"sqlite:///{old}") as opened:
        opened._database._migrate(NOW)  # the second process read the revision before the first one changed it
    backup = old.with_name(f"store.sqlite.before-{LATER}")
    assert read(backup, "SELECT version_num FROM alembic_version") == [(NOW,)]


@pytest.mark.parametrize(("text", "message"), [(BREAKS, "point to nothing"), (FAILS, "no such table: nowhere")])
def test_failed_migration_leaves_the_store_unchanged(old: Path, later, text: str, message: str):
    before = schema(old)
    later(text)
    with pytest.raises(StoreError, match=message), store.connect(f"sqlite:///{old}"):
        pass
    assert schema(old) == before
    assert read(old, "SELECT version_num FROM alembic_version") == [(NOW,)]
    assert read(old, "SELECT count(*) FROM payload") == [(1,)]
