"""Checks that this checkout can be released: `make release-check`.

The version must have a dated section in CHANGELOG.md. The source distribution must contain the whole checkout, and the
wheel the whole program. On every supported Python of this machine, the wheel is then installed and does the main job in
an empty folder. The files in dist/ are those that were checked.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from harvester import __version__

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
OURS = ("PYTHON", "VIRTUAL_ENV", "HARVESTER_")  # variables that could lead a command back to this checkout


def main() -> None:
    sdist, wheel = build()
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    problems = [*version_problems(__version__, changelog, git("tag", "--points-at", "HEAD"))]
    problems += contents_problems(set(git("ls-files")), names_in_sdist(sdist), names_in_wheel(wheel))
    if problems:
        sys.exit("\n".join(problems))
    if not [version for version in supported_pythons() if try_on(version, wheel)]:
        sys.exit("No supported Python is on this machine: nothing was tried.")


def build() -> tuple[Path, Path]:
    """Builds the source distribution, and the wheel from it, in an empty dist/."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(DIST), str(ROOT), folder=ROOT)
    [sdist], [wheel] = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    return sdist, wheel


# --------------------------------------------------------------------------------------- version and contents


def version_problems(version: str, changelog: str, tags: Collection[str]) -> Iterator[str]:
    """Where the version differs from the newest dated section of the changelog, or from the tags of this commit.

    Versions have to rise: pip leaves an installed version as it is if the wheel has the same.
    """
    dated = re.findall(r"^## (\S+) - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)
    if dated[:1] != [version]:
        newest = dated[0] if dated else "missing"
        yield f"The version is {version}, but the newest dated section in CHANGELOG.md is {newest}."
    if any(_numbers(dated[0]) <= _numbers(earlier) for earlier in dated[1:]):
        yield f"The version {dated[0]} is not higher than all earlier ones in CHANGELOG.md."
    if tags and f"v{version}" not in tags:
        yield f"The version is {version}, but this commit has the tag {', '.join(tags)}."


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def contents_problems(tracked: set[str], in_sdist: set[str], in_wheel: set[str]) -> Iterator[str]:
    """Files that a distribution lacks or should not have, by their paths in the checkout."""
    program = {path for path in tracked if belongs_in_wheel(path)}
    for distribution, wanted, found in (("source distribution", tracked, in_sdist), ("wheel", program, in_wheel)):
        for path in sorted(wanted - found):
            yield f"The {distribution} lacks {path}."
        for path in sorted(found - wanted):
            yield f"The {distribution} contains {path}, which does not belong there or is not in git."


def belongs_in_wheel(path: str) -> bool:
    """The program with its schemas, pages and units, as in pyproject.toml."""
    folder, suffix = path.partition("/")[0], Path(path).suffix
    return (
        folder in ("harvester", "schemas")
        or (folder == "docs" and suffix == ".md")
        or (folder == "deploy" and suffix in (".service", ".timer"))
    )


def names_in_sdist(path: Path) -> set[str]:
    with tarfile.open(path) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()} - {"PKG-INFO"}


def names_in_wheel(path: Path) -> set[str]:
    """The files of the wheel under their names in the checkout, without its own metadata."""
    names = zipfile.ZipFile(path).namelist()
    return {re.sub("^harvester/_(schemas|docs|deploy)/", r"\1/", name) for name in names if ".dist-info/" not in name}


def git(*arguments: str) -> list[str]:
    return run("git", *arguments, folder=ROOT).splitlines()


# ------------------------------------------------------------------------------------------ the main job


def supported_pythons() -> list[str]:
    """The versions of Python that pyproject.toml names, such as `3.11`, oldest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = re.findall(r"Python :: (\d+\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")])


def interpreter(version: str) -> str | None:
    """A Python of this version that can make virtual environments, from pyenv or the path."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [str(path) for path in pyenv.glob(f"versions/{version}.*/bin/python{version}")]
    for path in [*found, shutil.which(f"python{version}")]:
        if path and subprocess.run([path, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def try_on(version: str, wheel: Path) -> bool:
    """Does the main job with the wheel on this version of Python, and returns whether the machine has that."""
    python = interpreter(version)
    if python is None:
        print(f"Python {version}: skipped, because it is not on this machine.")
        return False
    with tempfile.TemporaryDirectory() as folder:
        do_main_job(python, wheel, Path(folder))
    print(f"Python {version}: {wheel.name} does the main job.")
    return True


def do_main_job(python: str, wheel: Path, folder: Path) -> None:
    """Installs the wheel and calls the commands that need its packaged files: templates, schemas, findings, pages."""
    program = str(folder / "venv" / "bin" / "harvester")
    run(python, "-m", "venv", "venv", folder=folder)
    run("venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel), folder=folder)
    if __version__ not in run(program, "--version", folder=folder):
        sys.exit(f"{wheel.name} is not version {__version__}.")
    run(program, "docs", "tutorial", folder=folder)
    run(program, "docs", "--copy", "pages", folder=folder)
    run(program, "init", folder=folder)
    run(program, "schemas", "install", folder=folder)
    run(program, "demo", folder=folder)
    run(program, "--config", "demo/config.toml", "check", folder=folder)
    if not list(folder.glob("demo/exports/*.xml")):
        sys.exit("harvester demo wrote no deposit file.")


def run(*command: str, folder: Path) -> str:
    """The output of a command that has to succeed. It finds neither this checkout nor schemas the user installed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment["XDG_DATA_HOME"] = str(folder / "data")
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{shlex.join(command)} failed with exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
