"""`harvester schemas`; how a bundle is installed is tested in tests/crossref/bundles."""

import sys
from pathlib import Path

import pytest

from harvester.crossref import bundles
from tests.cli.conftest import answer


@pytest.fixture
def installed() -> dict[str, Path]:
    """The folders of the schemas that are installed here, by version."""
    return {one.version: one.folder for one in bundles.installed() if not one.faults}


@pytest.fixture
def without(call, installed, tmp_path, monkeypatch):
    """`call` on a machine without schemas; new ones are installed in the folder `schemas`."""
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setenv("HARVESTER_SCHEMAS", str(tmp_path / "schemas"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return call


def states(call):
    return {one["version"]: one["state"] for one in answer(call("schemas", "list", "--json"))["schemas"]}


def test_every_known_schema_is_listed_with_its_state(call, installed):
    assert list(states(call)) == list(bundles.pinned())
    assert {version for version, state in states(call).items() if state == "installed"} == installed.keys()
    assert all(str(folder) in call("schemas", "list").stdout for folder in installed.values())


def test_missing_schemas_have_a_remedy(without):
    assert set(states(without).values()) == {"missing"}
    done = without("schemas", "list")
    assert done.exit_code == 0
    packaged = [version for version, pin in bundles.pinned().items() if pin.wheel]
    assert f"Not ready: {', '.join(packaged)}. To install: harvester schemas install\n" in done.stderr


def test_a_version_without_a_package_is_not_missed(call, installed):
    packaged = {version for version, pin in bundles.pinned().items() if pin.wheel}
    if packaged <= installed.keys():
        assert "Not ready" not in call("schemas", "list").stderr


def test_schema_is_installed_from_a_folder_and_damage_is_shown(without, installed, tmp_path):
    version, source = next(iter(installed.items()))
    done = without("schemas", "install", version, "--from", source)
    assert done.exit_code == 0, done.output
    assert states(without)[version] == "installed"
    (tmp_path / "schemas" / version / bundles.pinned()[version].main).write_text("<other/>")
    assert states(without)[version] == "damaged"
    assert answer(without("schemas", "install", version, "--from", source, "--json"))["schemas"] == [
        {"version": version, "state": "installed", "folder": str(tmp_path / "schemas" / version)}
    ]


def test_unknown_schema_is_refused(call):
    done = call("schemas", "install", "5.5")
    assert done.exit_code == 2
    assert "Did you mean 5.5.0?" in done.stderr
