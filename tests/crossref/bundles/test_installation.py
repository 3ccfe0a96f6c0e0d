"""Installing from folders, archives and an index of our own: a small bundle stands in for Crossref's."""

from __future__ import annotations

import hashlib
import json
import subprocess
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.crossref import bundles
from harvester.crossref.bundles import installation, pins
from harvester.errors import BundleError

FILES = {"main.xsd": b"<main/>", "deep/part.xsd": b"<part/>"}
FOLDER = "tiny_schemas/data"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def make_wheel(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    path = folder / "tiny_schemas-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(zipfile.ZipInfo(f"{FOLDER}/{name}"), data)
        about = "Metadata-Version: 2.1\nName: tiny-schemas\nVersion: 1.0\nRequires-Dist: nothing-of-this-name\n"
        wheel.writestr(zipfile.ZipInfo("tiny_schemas-1.0.dist-info/METADATA"), about)
        kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(zipfile.ZipInfo("tiny_schemas-1.0.dist-info/WHEEL"), kind)
        wheel.writestr(zipfile.ZipInfo("tiny_schemas-1.0.dist-info/RECORD"), "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip is set to, as a user would set it."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The pins of two small versions, one in a wheel and one in no package, and an empty folder to install to."""
    folder = tmp_path / "installed"
    monkeypatch.setenv("HARVESTER_SCHEMAS", str(folder))
    (tmp_path / "pinned").mkdir()
    wheel = sha256(make_wheel(tmp_path / "pinned").read_bytes())
    files = {name: sha256(data) for name, data in FILES.items()}
    document = {
        "2.0": {
            "wheel": {"requirement": "tiny-schemas==1.0", "folder": FOLDER, "sha256": wheel},
            "main": "main.xsd",
            "files": files,
        },
        "1.0": {"wheel": None, "main": "old.xsd", "files": {"old.xsd": sha256(b"<old/>")}},
    }
    monkeypatch.setattr(pins, "schema_text", lambda _name: json.dumps(document))
    pins.pinned.cache_clear()
    yield folder
    pins.pinned.cache_clear()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def source_of(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.slow
class TestFromTheIndex:
    def test_takes_the_wheel_alone_and_of_it_the_pinned_files(self, target: Path, index: Path) -> None:
        make_wheel(index)
        [state] = bundles.install()
        assert (state.version, state.folder, state.faults) == ("2.0", target / "2.0", ())
        assert contents(target) == {f"2.0/{name}": data for name, data in FILES.items()}

    def test_an_installation_without_pip_downloads_too(
        self, target: Path, index: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As those of pipx and uv are."""
        monkeypatch.setattr(installation, "_has_pip", lambda: False)
        make_wheel(index)
        assert [state.faults for state in bundles.install()] == [()]

    def test_a_python_that_cannot_have_pip_names_the_other_way(
        self, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_arguments: object, **_options: object) -> None:
            raise subprocess.CalledProcessError(1, "ensurepip")

        monkeypatch.setattr(installation, "_has_pip", lambda: False)
        monkeypatch.setattr(venv, "create", fail)
        with pytest.raises(BundleError, match=r"could not download .*schemas install --from"):
            bundles.install()

    def test_what_is_intact_is_left_alone(self, target: Path, index: Path) -> None:
        source_of(target / "2.0", FILES)
        assert [state.faults for state in bundles.install()] == [()]  # the index is empty: nothing was asked of it

    def test_what_is_damaged_is_replaced(self, target: Path, index: Path) -> None:
        make_wheel(index)
        source_of(target / "2.0", {**FILES, "main.xsd": b"<other/>", "stray.xsd": b"<stray/>"})
        assert [state.faults for state in bundles.installed()] == [("main.xsd",)]
        bundles.install("2.0")
        assert contents(target / "2.0") == FILES

    def test_another_wheel_of_that_name_is_refused(self, target: Path, index: Path) -> None:
        make_wheel(index, {**FILES, "main.xsd": b"<other/>"})
        with pytest.raises(BundleError, match=r"gave another tiny-schemas==1\.0 than the one pinned"):
            bundles.install()
        assert not target.exists()

    def test_an_index_without_it_names_the_next_step(self, target: Path, index: Path) -> None:
        with pytest.raises(
            BundleError, match=r"could not download tiny-schemas==1\.0 with pip: .*schemas install --from"
        ):
            bundles.install()

    def test_a_version_in_no_package_names_the_other_way(self, target: Path) -> None:
        with pytest.raises(BundleError, match=r"no package contains the Crossref schema 1\.0; .*--from DIR\|ZIP"):
            bundles.install("1.0")


class TestFromFiles:
    def test_says_which_versions_it_found(self, target: Path, tmp_path: Path) -> None:
        source = source_of(
            tmp_path / "mine", {"a/b/any name.xsd": FILES["main.xsd"], "part.xsd": FILES["deep/part.xsd"]}
        )
        assert [state.version for state in bundles.install(source=source)] == ["2.0"]
        source_of(source, {"old.xsd": b"<old/>"})
        assert [state.version for state in bundles.install(source=source)] == ["2.0", "1.0"]
        assert contents(target / "2.0") == FILES

    def test_a_wheel_or_zip_will_do(self, target: Path, tmp_path: Path) -> None:
        assert [state.version for state in bundles.install(source=make_wheel(tmp_path))] == ["2.0"]

    def test_an_archive_cannot_place_a_file(self, target: Path, tmp_path: Path) -> None:
        archive = tmp_path / "evil.zip"
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr("../../escaped.xsd", FILES["main.xsd"])
            content.writestr("/tmp/escaped.xsd", FILES["deep/part.xsd"])
            content.writestr("../stray.xsd", b"<stray/>")
        bundles.install(source=archive)
        assert contents(target) == {f"2.0/{name}": data for name, data in FILES.items()}

    @pytest.mark.parametrize("version", [None, "2.0"])
    def test_an_incomplete_source_installs_nothing(self, target: Path, tmp_path: Path, version: str | None) -> None:
        source = source_of(tmp_path / "mine", {"main.xsd": FILES["main.xsd"]})
        with pytest.raises(BundleError, match=r"no complete Crossref schema|altered: deep/part\.xsd"):
            bundles.install(version, source=source)
        assert not target.exists()

    def test_what_is_neither_folder_nor_archive_is_said(self, target: Path, tmp_path: Path) -> None:
        for name, data in (("text", b"hello"), ("absent", None)):
            if data:
                (tmp_path / name).write_bytes(data)
            with pytest.raises(BundleError, match="neither a folder nor a zip archive"):
                bundles.install(source=tmp_path / name)

    def test_a_broken_archive_is_said(self, target: Path, tmp_path: Path) -> None:
        archive = make_wheel(tmp_path)
        data = archive.read_bytes()
        archive.write_bytes(data.replace(FILES["main.xsd"], b"<wrong>", 1))
        with pytest.raises(BundleError, match="cannot be read"):
            bundles.install(source=archive)

    def test_a_folder_that_cannot_be_written_is_said(self, target: Path, tmp_path: Path) -> None:
        target.write_bytes(b"a file where the folder should be")
        with pytest.raises(BundleError, match=r"cannot write to .*set HARVESTER_SCHEMAS"):
            bundles.install(source=make_wheel(tmp_path))
