"""Only what is configured counts. What the store has from before is named, with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.checking.configured import (
    Leftover,
    Notice,
    configured_statuses,
    leftovers,
    notices,
    warnings_before_harvest,
)
from harvester.config import Config, load
from harvester.model import Finding, Window
from harvester.store.store import Store
from tests.store.samples import IDENTITY, NOW, article_to_save, begin, fill, page, raw, save_page

URL = "https://wetlands.example/oai"


def configured(folder: Path, **urls: str) -> Config:
    """A configuration of sources with these URLs."""
    tables = [f'[sources.{name}]\nurl = "{url}"\nformats = ["oai_dc"]\n' for name, url in urls.items()]
    (folder / "config.toml").write_text("\n".join(tables), encoding="utf-8")
    return load(folder / "config.toml")


def with_sets(config: Config, *sets: str) -> Config:
    return replace(config, sources={name: replace(one, sets=sets) for name, one in config.sources.items()})


def left(config: Config, opened: Store) -> list[Leftover]:
    with opened.overview() as overview:
        return leftovers(config, overview)


def said(config: Config, opened: Store, source: str = "wetlands") -> list[Notice]:
    with opened.overview() as overview:
        return notices(config, overview).get(source, [])


def warned(config: Config, opened: Store, source: str = "wetlands") -> list[str]:
    with opened.overview() as overview:
        return warnings_before_harvest(config, overview, config.sources[source])


@pytest.fixture
def harvested(opened: Store) -> Store:
    """Four records of the source `wetlands`."""
    fill(opened, *(article_to_save(number) for number in range(1, 5)))
    opened.sources.save_identity("wetlands", IDENTITY, URL)
    return opened


class TestLeftovers:
    def test_a_configured_source_is_none(self, harvested: Store, tmp_path: Path):
        assert left(configured(tmp_path, wetlands=URL), harvested) == []

    @pytest.mark.parametrize("url", [URL, f"{URL}/", URL.replace("https", "http"), URL.replace("wet", "Wet")])
    def test_a_new_source_with_its_address_is_probably_the_same(self, harvested: Store, tmp_path: Path, url: str):
        config = configured(tmp_path, marsh=url)
        (one,) = left(config, harvested)
        assert (one.source, one.records, one.looks_like, one.has_records) == ("wetlands", 4, "marsh", False)
        assert one.command == "harvester source rename wetlands marsh"
        assert warned(config, harvested, "marsh") == [one.sentence()]
        assert one.command in one.sentence()

    def test_a_harvested_source_with_its_identifiers_is_the_same(self, harvested: Store, tmp_path: Path):
        fill(harvested, *(article_to_save(number, source="marsh") for number in range(3, 9)), source="marsh")
        config = configured(tmp_path, marsh="https://marsh.example/oai")
        (one,) = left(config, harvested)
        assert (one.looks_like, one.has_records) == ("marsh", True)
        assert one.command == "harvester source forget wetlands"
        assert "marsh has the same records" in one.sentence()
        assert warned(config, harvested, "marsh") == []

    def test_another_source_is_not(self, harvested: Store, tmp_path: Path):
        fill(harvested, *(article_to_save(number, source="marsh") for number in range(4, 9)), source="marsh")
        config = configured(tmp_path, marsh=URL, fens="https://fens.example/oai")  # one record in four is shared
        (one,) = left(config, harvested)
        assert (one.looks_like, one.command) == (None, "harvester source forget wetlands")
        assert warned(config, harvested, "fens") == warned(config, harvested, "marsh") == []

    def test_a_source_that_never_had_a_record_can_be_forgotten(self, opened: Store, tmp_path: Path):
        begin(opened)
        (one,) = left(configured(tmp_path, marsh=URL), opened)
        assert (one.records, one.looks_like) == (0, None)


class TestStatuses:
    def test_sources_and_formats_that_are_not_configured_do_not_count(self, harvested: Store, tmp_path: Path):
        for state in ("failed", "waiting"):
            run = harvested.runs.begin("wetlands", "jats", "full", (), NOW)
            harvested.runs.finish(run.id, state, NOW, "no such format")
        fill(harvested, article_to_save(9, source="fens"), source="fens")
        with harvested.overview() as overview:
            statuses = configured_statuses(configured(tmp_path, wetlands=URL, marsh=URL), overview)
        assert list(statuses) == ["wetlands"]
        assert [row.prefix for row in statuses["wetlands"].formats] == ["oai_dc"]


class TestNotices:
    def harvest_by(self, opened: Store, *sets: str) -> None:
        windows = [Window(prefix="oai_dc", set_spec=name) for name in sets] or [Window(prefix="oai_dc")]
        run, _ = begin(opened, windows=windows)
        for window in run.windows:
            save_page(opened, run.id, window.id, page(raw(1)))
        opened.runs.finish(run.id, "complete", NOW)

    def test_a_source_that_changed_nothing_has_none(self, harvested: Store, tmp_path: Path):
        config = configured(tmp_path, wetlands=URL)
        assert said(config, harvested) == []
        self.harvest_by(harvested, "a", "b")
        assert said(with_sets(config, "b", "a"), harvested) == []

    @pytest.mark.parametrize("sets", [("a",), ("a", "b", "c"), ("c",)])
    def test_changed_sets_are_named_until_they_are_harvested(self, harvested: Store, tmp_path: Path, sets):
        config = with_sets(configured(tmp_path, wetlands=URL), *sets)
        self.harvest_by(harvested, "a", "b")
        (notice,) = said(config, harvested)
        assert "its sets were changed" in notice.what
        assert notice.todo == "`harvester harvest wetlands` applies them"
        assert warned(config, harvested) == []
        self.harvest_by(harvested, *sets)
        assert said(config, harvested) == []

    def test_removed_sets_are_a_warning_until_the_whole_is_harvested(self, harvested: Store, tmp_path: Path):
        config = configured(tmp_path, wetlands=URL)
        self.harvest_by(harvested, "b", "a")
        (notice,) = said(config, harvested)
        assert "requests the whole repository" in notice.what
        assert 'set sets = ["a", "b"] under [sources.wetlands]' in notice.todo
        assert warned(config, harvested) == [f"wetlands: {notice.what}; {notice.todo}"]
        self.harvest_by(harvested)
        assert said(config, harvested) == []

    @pytest.mark.parametrize(
        ("code", "todo"),
        [
            ("set-not-configured", "harvester reconcile wetlands --confirm"),
            ("set-unknown", "harvester harvest wetlands"),
            ("journal-not-configured", "harvester check --code journal-not-configured"),
            ("identifier-changed", "harvester reconcile wetlands --confirm"),
        ],
    )
    def test_records_that_do_not_belong_are_counted(self, harvested: Store, tmp_path: Path, code: str, todo: str):
        config = configured(tmp_path, wetlands=URL)
        harvested.articles.save([article_to_save(number, findings=(Finding(code),)) for number in (1, 2)])
        (notice,) = said(config, harvested)
        assert notice.what.startswith("2 records ")
        assert f"`{todo}`" in notice.todo
        harvested.articles.save([article_to_save(1)])
        assert said(config, harvested)[0].what.startswith("1 record ")


class TestNothingUsable:
    """A source can work for months and bring nothing that is ever exported."""

    def test_all_held_back(self, opened: Store, tmp_path: Path):
        config = configured(tmp_path, wetlands=URL)
        held = [article_to_save(number, findings=(Finding("issn-missing", "journal"),)) for number in (1, 2)]
        fill(opened, *held)
        (notice,) = said(config, opened)
        assert notice.what == "nothing of it can be exported: all its articles are held back (2 records)"
        assert "harvester check wetlands" in notice.todo
        fill(opened, article_to_save(3))
        assert said(config, opened) == []

    def test_no_article(self, opened: Store, tmp_path: Path):
        config = configured(tmp_path, wetlands=URL)
        assert said(config, opened) == []  # never harvested
        run, window = begin(opened)
        save_page(opened, run.id, window.id, page())
        opened.runs.finish(run.id, "complete", NOW)
        assert [notice.what for notice in said(config, opened)] == ["it has no live article"]
