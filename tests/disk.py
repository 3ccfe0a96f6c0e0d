"""A journal whose harvest and export run on a failing disk, and what must be true afterwards."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.harvesting import differing, held
from tests.providers.truth import DC, Truth, article, broken
from tests.store.samples import last_deposit
from tests.workbench import Workbench

COUNT = 12
JOURNAL = '\n[journals."2049-3630"]\ntitle = "Journal of Small Things"\nissn_electronic = "2049-3630"\n'
COMMANDS = {"harvest": ("harvest",), "export": ("export", "crossref")}


def _metadata(number: int) -> bytes:
    return (
        f"<oai_dc:dc {DC}><dc:title>On small things, part {number}</dc:title><dc:creator>Adams, Ada</dc:creator>"
        f"<dc:language>en</dc:language><dc:date>2024-01-02</dc:date><dc:type>article</dc:type>"
        f"<dc:identifier>10.5555/small.{number}</dc:identifier>"
        f"<dc:identifier>https://small.example/article/view/{number}</dc:identifier>"
        f"<dc:source>Journal of Small Things; Vol. 3 No. {number % 3} (2024); {number}0-{number}9</dc:source>"
        "<dc:source>2049-3630</dc:source></oai_dc:dc>"
    ).encode()


def _doi(number: int) -> str:
    return f"10.5555/small.{number}"


class Desk:
    """A folder with a configuration, and its provider, whose articles can all be deposited."""

    def __init__(self, folder: Path, url: str, truth: Truth) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.bench, self.truth = Workbench(folder), truth
        self.bench.configure(url, ["oai_dc"], prefixes=["10.5555"], more=JOURNAL)
        self.folder = folder

    def make_store(self) -> None:
        with self.bench.opened():
            pass

    def run(self, what: str, wrapped: Sequence[str] = (), before: Callable[[], None] | None = None) -> tuple[int, str]:
        """Runs a command of the program, perhaps wrapped in another one; returns its exit code and stderr.

        `before` is called in the new process.
        """
        command = [*wrapped, sys.executable, "-m", "harvester", *COMMANDS[what]]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=120, preexec_fn=before)
        return done.returncode, done.stderr.decode()


@contextmanager
def desks(folder: Path) -> Iterator[Callable[[str], Desk]]:
    """A function that creates desks, each in a folder with this name, all with one provider."""
    truth = Truth([article(number, metadata={"oai_dc": _metadata(number)}) for number in range(COUNT)])
    with broken(truth) as (_, server):
        yield lambda name: Desk(folder / name, server.url, truth)


def is_reported(code: int, output: str) -> None:
    """Asserts that a failed command reports it in a sentence, and not as a bug."""
    assert code in (0, 1), output
    if code:
        assert output.strip(), "nothing is reported"
        assert "Traceback" not in output
        assert "error in the program" not in output
        assert "Exception ignored" not in output


def recovers(desk: Desk) -> None:
    """Asserts that the store is intact, and that the next harvest and export complete the work."""
    every_file_is_complete(desk)
    with desk.bench.opened() as (_, store):
        assert store.check_integrity(deep=True) == []
    assert {(run.state, run.error) for run in desk.bench.harvest()} == {("complete", None)}
    assert differing(held(desk.bench), desk.truth) == set()
    desk.bench.export()
    every_file_is_complete(desk)
    assert sorted(deposited(desk)) == sorted(map(_doi, range(COUNT)))
    assert desk.bench.export().files == ()


def every_file_is_complete(desk: Desk) -> None:
    for path in (desk.folder / "exports").glob("*.xml"):
        manifest = json.loads(path.with_suffix(".json").read_bytes())
        assert hashlib.sha256(path.read_bytes()).hexdigest() in json.dumps(manifest)


def deposited(desk: Desk) -> list[str]:
    """The DOIs of all deposits in the folder. Asserts that the ledger has them too."""
    dois: list[str] = []
    with desk.bench.opened() as (_, store):
        for path in sorted((desk.folder / "exports").glob("*.xml")):
            in_file = [
                doi for doi in map(_doi, range(COUNT)) if f"<doi>{doi}</doi>" in path.read_text(encoding="utf-8")
            ]
            for doi in in_file:
                last = last_deposit(store, doi)
                assert last is not None
                assert Path(last.path or "").name == path.name
            dois += in_file
    return dois
