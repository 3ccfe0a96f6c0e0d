"""The pinned files of a bundle, and the folders where an installed bundle can be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harvester.crossref import bundles
from harvester.crossref.bundles import pins
from harvester.crossref.versions import VERSIONS
from harvester.errors import BundleError


def test_named_folder_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_SCHEMAS", "/named")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setattr("sys.prefix", "/venv")
    assert [str(folder) for folder in bundles.folders()] == [
        "/named",
        "/venv/share/harvester/schemas",
        "/data/harvester/schemas",
    ]


def test_outside_a_virtual_environment_bundles_belong_to_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARVESTER_SCHEMAS", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr("sys.prefix", "/usr")
    monkeypatch.setattr("sys.base_prefix", "/usr")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ada"))
    assert [str(folder) for folder in bundles.folders()] == ["/home/ada/.local/share/harvester/schemas"]


def test_every_schema_version_is_pinned_with_its_main_file() -> None:
    assert set(VERSIONS) <= set(bundles.pinned())
    assert all(bundle.main in bundle.files for bundle in bundles.pinned().values())
    assert all(len(digest) == 64 for bundle in bundles.pinned().values() for digest in bundle.files.values())


def test_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BundleError, match=r"no Crossref schema 9\.9 here; .*5\.5\.0"):
        pins.bundle("9.9")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pins.Installed:
    """A copy of an intact bundle, in the folder that comes first."""
    intact = next(state for state in bundles.installed() if not state.faults)
    shutil.copytree(intact.folder, tmp_path / intact.version)
    monkeypatch.setenv("HARVESTER_SCHEMAS", str(tmp_path))
    found = pins.find(intact.version)
    assert found == pins.Installed(version=intact.version, folder=tmp_path / intact.version)
    return found


def test_changed_and_missing_files_are_faults(copied: pins.Installed) -> None:
    main, other, *_ = sorted(pins.bundle(copied.version).files)
    (copied.folder / main).write_text("<other/>")
    (copied.folder / other).unlink()
    (copied.folder / "stray.xsd").write_text("<stray/>")
    assert set(pins.state_of(copied.version, copied.folder).faults) == {main, other}


def test_first_folder_counts_even_if_damaged(copied: pins.Installed) -> None:
    for file in copied.folder.rglob("*.xsd"):
        file.unlink()
    found = pins.find(copied.version)
    assert found is not None
    assert found.folder == copied.folder
    assert set(found.faults) == set(pins.bundle(copied.version).files)
    assert copied.version in [state.version for state in bundles.installed()]
