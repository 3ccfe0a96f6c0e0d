"""All access to the exports folder. A file in it is whole, or does not exist."""

from __future__ import annotations

from pathlib import Path

from harvester.errors import ExportError
from harvester.system.files import make_folder, sync, temporary_of, write_whole


def put(folder: Path, name: str, data: bytes) -> Path:
    """Puts a file into the folder, which is created if it does not exist, and returns its path.

    The same bytes under the same name are accepted, so that an export can be repeated after a crash. Raises
    `ExportError` if the name has other bytes, or if the folder cannot be written.
    """
    path = folder / _plain_name(name)
    try:
        make_folder(folder)
        if not path.exists():
            write_whole(path, data)
        elif path.read_bytes() == data:
            sync(folder)  # the crash may have happened before the name was on the disk
        else:
            raise ExportError(f"{path} is there already, with other content. Move it away, then export again.")
    except (FileExistsError, NotADirectoryError) as error:
        raise ExportError(
            f"{path} cannot be written: a file is in the place of the folder {folder}. Move the file away, or name "
            "another folder in [exports] dir."
        ) from error
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}. No file was left half written.") from error
    return path


def get(folder: Path, name: str) -> bytes | None:
    """The bytes of a file; `None` if it does not exist. Raises `ExportError` if it cannot be read."""
    path = folder / _plain_name(name)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}.") from error


def drop(folder: Path, name: str) -> None:
    """Removes a file if it exists. Raises `ExportError` if it cannot be removed."""
    path = folder / _plain_name(name)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"{path} cannot be removed: {error.strerror}.") from error


def clean(folder: Path) -> tuple[Path, ...]:
    """Removes half-written files of crashed exports, and returns their paths. The caller holds the lock of exports."""
    left = tuple(sorted(folder.glob(temporary_of(Path("*")).name)))
    try:
        for path in left:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"The folder {folder} cannot be cleaned: {error.strerror}.") from error
    return left


def _plain_name(name: str) -> str:
    if not name or name != Path(name).name or name.startswith("."):
        raise ValueError(f"not a plain file name: {name!r}")
    return name
