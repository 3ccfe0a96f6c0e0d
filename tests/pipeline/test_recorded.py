"""The whole process with real input: what is harvested, mapped, checked and exported; counts agree.

The recorded answers and articles, file by file, are in tests/soak/test_recorded.py.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.crossref.target import CROSSREF
from harvester.reports import ExportReport, RunReport
from tests.providers.replay import recorded, single
from tests.providers.server import Script, Server
from tests.workbench import Workbench

pytestmark = pytest.mark.slow

JOURNAL = """
[journals."2049-3630"]
title = "Journal of Reproducible Harvesting"
issn_electronic = "2049-3630"
issn_print = "1234-5679"
"""


def data_files(folder: str) -> list[Path]:
    root = Path(__file__).parents[3] / "shared" / "data" / folder
    return sorted(path for path in root.glob("*") if path.suffix != ".txt") if root.is_dir() else []


def harvest_and_export(
    bench: Workbench, provider: Script, format: str, *, prefixes: list[str], more: str = ""
) -> tuple[RunReport, ExportReport]:
    """Harvests and exports one provider. Asserts that every record is in a deposit file or held back with a finding."""
    with Server(provider) as server:
        bench.configure(server.url, [format], prefixes=prefixes, more=more)
        with bench.opened() as (config, store):
            (run,) = pipeline.harvest(config, store, now=bench.now)
            report = pipeline.export(config, store, CROSSREF, now=bench.now)
            (status,) = store.status() or (None,)
    exported = sum(file.records for file in report.files)
    if status is not None:
        assert exported + len(report.held_back) == status.ready + status.held_back
        assert exported == status.ready
    assert all(held.codes for held in report.held_back)
    for file in report.files:
        assert Path(file.path).stat().st_size == file.bytes
    return run, report


@pytest.mark.parametrize("provider", ["ojs34-testj", "janeway-testj"])
@pytest.mark.parametrize("format", ["jats", "oai_dc"])
def test_completely_recorded_provider_is_exported_completely(shared, tmp_path, provider, format):
    folder = shared / "data" / "recorded" / provider
    run, report = harvest_and_export(Workbench(tmp_path), recorded(folder), format, prefixes=["10.5555"], more=JOURNAL)
    pages = b"".join(path.read_bytes() for path in folder.glob(f"ListRecords-{format}-*.xml"))
    live = len(re.findall(rb"<record>", pages)) - len(re.findall(rb'status="deleted"', pages))
    exported = [doi for file in report.files for doi in file.dois]
    print(provider, format, run, Counter(code for held in report.held_back for code in held.codes))
    assert run.state == "complete"
    assert len(exported) + len(report.held_back) == live
    assert len(set(exported)) == len(exported)


BY_SET = '[sources.journal.journals]\ntestj = "2049-3630"\nbeta = "2168-5096"\n'
BETA = '\n[journals."2168-5096"]\ntitle = "Beta Letters & Reviews"\nissn_electronic = "2168-5096"\n'


@pytest.mark.parametrize("assigned", ["", BY_SET], ids=["by title", "by set"])
def test_provider_without_issns_is_exported_when_its_journals_are_configured(shared, tmp_path, assigned):
    folder = shared / "data" / "recorded" / "catmandu"
    more = f'organizations = ["The COVID-19 Working Group"]\n{assigned}{JOURNAL}{BETA}'
    _, report = harvest_and_export(
        Workbench(tmp_path), recorded(folder), "oai_dc", prefixes=["10.5555", "10.32013"], more=more
    )
    codes = Counter(code for held in report.held_back for code in held.codes)
    assert codes.keys() == {"doi-missing"}
    assert sum(file.records for file in report.files) == 145
    deposits = b"".join(Path(file.path).read_bytes() for file in report.files)
    for issn in (b"2049-3630", b"1234-5679", b"2168-5096"):
        assert issn in deposits


@pytest.mark.parametrize("path", data_files("attack"), ids=lambda path: path.name)
def test_every_attack_ends_in_a_finding_or_an_error(path, tmp_path):
    page = path.read_bytes()
    if path.suffix == ".zlib":
        page = zlib.decompress(page)
    run, _ = harvest_and_export(Workbench(tmp_path), single(page), "oai_dc", prefixes=["10.5555"])
    assert run.state == "complete" or run.error
