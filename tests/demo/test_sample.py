from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from harvester.crossref import bundles
from tests.demo.sample import SAMPLE, SEED_DOI, make
from tests.demo.test_ojs import SEED_DOIS

NS = {"c": "http://www.crossref.org/schema/5.5.0", "j": "http://www.ncbi.nlm.nih.gov/JATS1"}


def test_sample_is_reproduced_byte_for_byte(tmp_path: Path) -> None:
    made = {file.name: file.read_bytes() for file in make(tmp_path)}
    assert made == {file.name: file.read_bytes() for file in SAMPLE.iterdir()}


@pytest.mark.parametrize("version", ["5.4.0", "5.3.1"])
def test_seed_article_is_valid_in_older_schemas_too(tmp_path: Path, version: str) -> None:
    if version not in {one.version for one in bundles.installed()}:
        pytest.skip(f"the schema {version} is not installed")
    deposit, manifest = make(tmp_path, version)[::-1]
    assert not bundles.load(version).validate(deposit.read_bytes())
    assert f'"schema_version": "{version}"' in manifest.read_text(encoding="utf-8")


def test_sample_is_valid_and_has_everything_of_the_seed_article() -> None:
    (file,) = SAMPLE.glob("*.xml")
    assert not bundles.load("5.5.0").validate(file.read_bytes())
    (article,) = etree.parse(file).getroot().iterfind(".//c:journal_article", NS)
    journal = article.getparent()
    assert journal is not None

    def texts(path: str) -> list[str]:
        return [found.text or "" for found in journal.iterfind(path, NS)]

    assert article.get("language") == "ru"
    assert texts(".//c:full_title") == ["Lomonosov World Politics Journal"]
    assert [(found.get("media_type"), found.text) for found in journal.iterfind(".//c:issn", NS)] == [
        ("print", "2076-7404")
    ]
    assert texts(".//c:title") == ["Foreign Policy of Russia: ‘Soft Power’ of the Regions"]
    assert (texts(".//c:volume"), texts(".//c:journal_issue/c:issue")) == (["13"], ["1"])
    assert (texts(".//c:first_page"), texts(".//c:last_page")) == (["32"], ["57"])
    assert set(texts(".//c:publication_date/c:year")) == {"2021"}
    assert (texts(".//c:surname"), texts(".//c:given_name")) == (["Arteev"], ["S. P."])
    assert len(texts(".//c:institution_name")) == len(texts(".//c:institution_place")) == 2
    assert len(texts("c:journal_article/j:abstract/j:p")) == 4
    assert texts("c:journal_article/c:doi_data/c:doi") == [SEED_DOI]
    assert texts(".//c:resource") == ["https://world-politics.example.org/2021/13/1/32"]
    assert len(texts(".//c:unstructured_citation")) == 39
    assert tuple(texts(".//c:citation/c:doi")) == SEED_DOIS
