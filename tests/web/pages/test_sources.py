"""The list of sources, and one source."""

from __future__ import annotations

import csv
import io

import pytest
from msgspec import structs

from harvester.config import Config
from harvester.store.store import Store
from harvester.system import locks
from harvester.web.site import Site
from tests.store.samples import IDENTITY, NOW, article_to_save, begin, fill
from tests.web.conftest import Browser

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def two(config: Config, opened: Store) -> Browser:
    """A site with two sources, the second of which needs a person."""
    fill(opened, article_to_save(1))
    run, _ = begin(opened, "rivers")
    opened.runs.finish(run.id, "failed", NOW, f"the provider answered {HOSTILE}")
    rivers = structs.replace(config.sources["wetlands"], name="rivers", schedule="30 2 * * *")
    changed = structs.replace(config, sources={**config.sources, "rivers": rivers})
    return Browser(Site(lambda: changed, now=lambda: NOW))


def names(seen) -> list[str]:
    return [str(link.text_content()) for link in seen.page.xpath("//tbody//th/a")]


def test_worst_source_comes_first(two: Browser):
    seen = two.get("/sources")
    assert names(seen) == ["rivers", "wetlands"]
    assert HOSTILE in seen.text
    assert not seen.page.xpath("//main//script")


def test_sources_are_filtered_by_light(two: Browser):
    links = two.get("/sources").links()
    assert links["works 1"] == "/sources?light=good"
    assert names(two.get("/sources?light=good")) == ["wetlands"]
    assert names(two.get("/sources?after=rivers")) == ["wetlands"]
    assert "Nothing matches these filters." in two.get("/sources?light=x").text


def test_sources_as_json_and_csv(two: Browser):
    assert [one["light"] for one in two.get("/sources.json").json["sources"]] == ["bad", "good"]
    rows = list(csv.DictReader(io.StringIO(two.get("/sources.csv").body.decode("utf-8-sig"))))
    assert [(row["source"], row["ready"]) for row in rows] == [("rivers", "0"), ("wetlands", "1")]


def test_one_source(two: Browser):
    seen = two.get("/sources/rivers")
    assert seen.heading == "rivers"
    assert "✕ needs a person" in seen.text
    assert "What to do:" in seen.text
    assert seen.links()["Run 2"] == "/runs/2"
    assert "Schedule at 02:30 every day" in seen.text
    assert "It has not answered yet." in seen.text
    assert seen.links()["All runs of this source"] == "/runs?source=rivers"
    assert [one["source"] for one in two.get("/sources/rivers.json").json["sources"]] == ["rivers"]


def test_articles_of_a_source_add_up(two: Browser):
    tiles = two.get("/sources/wetlands").page.xpath("//dl[@class='tiles']/div/dd")
    assert [str(tile.text_content()) for tile in tiles] == ["1", "0", "0"]


def test_words_of_the_provider_are_only_text(two: Browser, opened: Store):
    said = structs.replace(IDENTITY, repository=HOSTILE, emails=(HOSTILE,), software=HOSTILE, deleted_record=HOSTILE)
    opened.sources.save_identity("wetlands", said, "javascript:alert(1)")
    seen = two.get("/sources/wetlands")
    assert seen.text.count(HOSTILE) == 4
    assert not seen.page.xpath("//main//script | //a[starts-with(@href, 'javascript')]")


def test_source_at_work_says_since_when(two: Browser, config: Config):
    with locks.hold(config.locks_dir, "source-rivers", what="a harvest"):
        assert "Under way since" in two.get("/sources/rivers").text


@pytest.mark.parametrize("name", ["lakes", "..", "%2e%2e", "wetlands%00", "x" * 5000, "<b>"])
def test_unknown_source(two: Browser, name: str):
    assert two.get(f"/sources/{name}").status == 404


def test_records_of_a_source_are_shown_month_by_month(browser: Browser, opened: Store):
    fill(opened, article_to_save(1), article_to_save(2))
    seen = browser.get("/sources/wetlands")
    (chart,) = seen.page.xpath("//section[h2='Records over time']")
    rows = [[cell.text_content() for cell in row] for row in chart.xpath(".//tbody/tr")]
    assert len(rows) == 12
    assert rows[0] == ["2025-03", "2", "0", "0", "2"]
    assert len(list(chart.iter("rect"))) == 1
