"""exports/sample/: the deposit of the seed article with its manifest, made with the demo provider.

`python -m tests.demo.sample` writes it again. A test checks that this changes no byte.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from harvester import pipeline
from harvester.config import load
from harvester.crossref.target import CROSSREF
from harvester.demo import configuration
from harvester.demo.run import serving
from harvester.store import Selection

SAMPLE = Path(__file__).parents[2] / "exports" / "sample"
SEED_DOI = "10.48015/2076-7404-2021-13-1-32-57"
SEED = Selection(dois=(SEED_DOI,))
NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)  # determines id and timestamp of the batch


def make(folder: Path, version: str | None = None) -> list[Path]:
    """Harvests and exports the seed article to the empty `folder`; returns the manifest and the deposit file.

    `version` is that of Crossref's schema; by default the one in the configuration of the demo.
    """
    with serving() as server:
        configuration.write(folder / "config.toml", server.root)
        config = load(folder / "config.toml")
        with pipeline.opened(config) as store:
            pipeline.harvest(config, store, ["journals"], now=lambda: NOW)
            pipeline.export(config, store, CROSSREF, now=lambda: NOW, selection=SEED, schema_version=version)
    return sorted((folder / "exports").iterdir())


def renew() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = make(Path(folder))
        shutil.rmtree(SAMPLE, ignore_errors=True)
        SAMPLE.mkdir(parents=True)
        for file in files:
            shutil.copyfile(file, SAMPLE / file.name)


if __name__ == "__main__":
    renew()
