"""A colleague who may read the folder of the service and not write it, and root, who may do everything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harvester.cli import main
from tests.providers import small_journal

SERVICE, COLLEAGUE = 1234, 65534

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user"),
]


@contextmanager
def user(number: int) -> Iterator[None]:
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)


def call(*args: str) -> Result:
    return CliRunner().invoke(main, args)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a service, in which root has run the first commands."""
    with tempfile.TemporaryDirectory() as home, small_journal.serving() as server:
        Path(home).chmod(0o755)  # the folders of pytest are hidden from other users
        os.chown(home, SERVICE, SERVICE)
        monkeypatch.chdir(home)
        Path("config.toml").write_text(small_journal.CONFIG.format(url=server.url))
        assert call("harvest").exit_code == 0
        assert call("export", "crossref").exit_code == 0
        yield Path(home)


def state(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


READING: list[tuple[str, ...]] = [
    ("status",),
    ("check",),
    ("report",),
    ("runs",),
    ("schedule",),
    ("show", "oai:small:4"),
]


def test_a_colleague_can_look_and_nothing_is_written(folder):
    as_root = {args: call(*args) for args in READING}
    before = state(folder)
    with user(COLLEAGUE):
        for args in READING:
            done = call(*args)
            assert (args, done.exit_code, done.stdout) == (args, 0, as_root[args].stdout)
            assert "You may read this store and not write it. It is shown as of its last change, 20" in done.stderr
            assert "You may read" not in as_root[args].stderr
    assert state(folder) == before


def test_what_a_service_writes_meanwhile_is_seen(folder):
    from harvester import pipeline
    from harvester.config import load

    with pipeline.opened(load("config.toml")) as store:
        store.ready.count()
        with user(COLLEAGUE):
            assert "oai:small:4" in call("check").stdout


@pytest.mark.parametrize("args", [("harvest",), ("export", "crossref"), ("remap",)])
def test_a_colleague_cannot_change_anything(folder, args):
    before = state(folder)
    call(*args, "--help")  # all is imported as root
    with user(COLLEAGUE):
        done = call(*args)
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert "chown" in done.output or "write permission" in done.output
    assert state(folder) == before


def test_root_does_not_lock_out_the_service(folder):
    made = [path for path in folder.rglob("*") if path.name != "config.toml"]
    assert len(made) >= 6
    assert {path.stat().st_uid for path in made} == {SERVICE}
    assert call("harvest").exit_code == 0  # all that a second harvest imports is imported as root
    with user(SERVICE):
        done = call("harvest")
        assert (done.exit_code, call("export", "crossref").exit_code) == (0, 0)


def test_root_gives_back_what_an_earlier_version_took(folder):
    taken = [folder / "harvester.sqlite", folder / ".harvester-locks" / "source-small.lock"]
    for path in taken:
        os.chown(path, 0, 0)
    assert call("harvest").exit_code == 0
    assert call("backup", "copy.sqlite").exit_code == 0
    assert {path.stat().st_uid for path in (*taken, folder / "copy.sqlite")} == {SERVICE}
