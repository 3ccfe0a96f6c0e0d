"""Each recorded answer and article is harvested, mapped, checked and exported by itself; counts agree."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.demo.lists import Record
from harvester.demo.repository import JATS
from tests.pipeline.test_recorded import data_files, harvest_and_export
from tests.providers.replay import single, without_prolog
from tests.providers.truth import Broken, Truth
from tests.workbench import Workbench, journals_in, prefixes_in


@pytest.mark.parametrize("path", data_files("oai"), ids=lambda path: path.stem)
def test_every_recorded_answer_is_harvested_and_exported(path, tmp_path):
    page = path.read_bytes()
    run, _ = harvest_and_export(Workbench(tmp_path), single(page), "oai_dc", prefixes=prefixes_in(page))
    assert run.state == "complete" or run.error


@pytest.mark.parametrize("path", data_files("jats"), ids=lambda path: path.stem)
def test_every_recorded_article_is_harvested_and_exported(path, tmp_path):
    article = path.read_bytes()
    record = Record(
        identifier="oai:example.org:1",
        datestamp=datetime(2024, 1, 1, tzinfo=UTC),
        metadata={"jats": without_prolog(article)},
    )
    provider = Broken(Truth([record], formats=(JATS,)))
    run, report = harvest_and_export(
        Workbench(tmp_path), provider, "jats", prefixes=prefixes_in(article), more=journals_in(article)
    )
    assert run.state == "complete", run.error
    assert sum(file.records for file in report.files) + len(report.held_back) == 1
