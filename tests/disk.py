"""A journal whose harvest and export meet a failing disk, and what must hold afterwards, whatever failed."""

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
    """A folder with a configuration, and the provider it is about; every article can be deposited."""

    def __init__(self, folder: Path, url: str, truth: Truth) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.bench, self.truth = Workbench(folder), truth
        self.bench.configure(url, ["oai_dc"], prefixes=["10.5555"], more=JOURNAL)
        self.folder = folder

    def make_store(self) -> None:
        with self.bench.opened():
            pass

    def run(self, what: str, wrapped: Sequence[str] = (), before: Callable[[], None] | None = None) -> tuple[int, str]:
        """Runs a command of the program, perhaps within another one; its exit code and what it says on stderr.

        `before` is called in the new process.
        """
        command = [*wrapped, sys.executable, "-m", "harvester", *COMMANDS[what]]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=120, preexec_fn=before)
        return done.returncode, done.stderr.decode()


@contextmanager
def desks(folder: Path) -> Iterator[Callable[[str], Desk]]:
    """Makes desks, each in a folder of this name, all with one provider."""
    truth = Truth([article(number, metadata={"oai_dc": _metadata(number)}) for number in range(COUNT)])
    with broken(truth) as (_, server):
        yield lambda name: Desk(folder / name, server.url, truth)


def is_said(code: int, said: str) -> None:
    """Asserts that a command which failed says so in a sentence with a next step, and is no error of the program."""
    assert code in (0, 1), said
    if code:
        assert said.strip(), "it says nothing"
        assert "Traceback" not in said
        assert "error in the program" not in said
        assert "Exception ignored" not in said


def recovers(desk: Desk) -> None:
    """Asserts that the store is whole, and that harvest and export, undisturbed, bring what they would have brought."""
    every_name_has_a_whole_file(desk)
    with desk.bench.opened() as (_, store):
        assert store.check_integrity(deep=True) == []
    assert {(run.state, run.error) for run in desk.bench.harvest()} == {("complete", None)}
    assert differing(held(desk.bench), desk.truth) == set()
    desk.bench.export()
    every_name_has_a_whole_file(desk)
    assert sorted(deposited(desk)) == sorted(map(_doi, range(COUNT)))
    assert desk.bench.export().files == ()


def every_name_has_a_whole_file(desk: Desk) -> None:
    for path in (desk.folder / "exports").glob("*.xml"):
        told = json.loads(path.with_suffix(".json").read_bytes())
        assert hashlib.sha256(path.read_bytes()).hexdigest() in json.dumps(told)


def deposited(desk: Desk) -> list[str]:
    """The DOIs of every deposit in the folder, which the ledger knows as well; none stands there twice."""
    dois: list[str] = []
    with desk.bench.opened() as (_, store):
        for path in sorted((desk.folder / "exports").glob("*.xml")):
            found = [doi for doi in map(_doi, range(COUNT)) if f"<doi>{doi}</doi>" in path.read_text(encoding="utf-8")]
            for doi in found:
                last = last_deposit(store, doi)
                assert last is not None
                assert Path(last.path or "").name == path.name
            dois += found
    return dois
