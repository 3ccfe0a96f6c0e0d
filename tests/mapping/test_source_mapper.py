"""What is made of stored records, also again: when the configuration changes, when a day comes, of several formats."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harvester import pipeline
from harvester.article_rows import MappedArticle
from harvester.crossref.target import CROSSREF
from harvester.demo.library import Author
from harvester.demo.lists import Record
from harvester.demo.repository import Repository
from harvester.mapping.pool import MappingPool, MappingTask
from harvester.mapping.source_mapper import SourceMapper
from harvester.model import Keyword, Page
from harvester.system.progress import Progress, watching
from tests.mapping.samples import raw_records
from tests.providers import press as presses
from tests.providers import small_journal
from tests.providers.press import Press, article, both, doi, dois, name, now
from tests.providers.truth import broken
from tests.workbench import Workbench

JOURNAL = '\n[journals."2049-3630"]\ntitle = "Journal of Small Things"\nissn_electronic = "2049-3630"\n'
AHEAD = {"date-in-future", "date-ahead"}


@pytest.fixture
def bench(tmp_path):
    """Three articles, of which number 1 has the date 2027-03-02."""
    articles = small_journal.article(1, "2027-03-02"), small_journal.article(2), small_journal.article(3)
    bench = Workbench(tmp_path)
    with broken(small_journal.provider(*articles)) as (_, server):
        bench.configure(server.url, ["oai_dc"], prefixes=["10.12345"], more=JOURNAL)
        (run,) = bench.harvest()
    assert run.state == "complete", run.error
    return bench


def refreshed(bench: Workbench, today: str) -> tuple[int, set[str]]:
    with bench.opened() as (config, store):
        count = pipeline.rebuild(config, store, today=today)
        return count, {row.identifier for row in store.findings.matching(codes=AHEAD)}


def test_a_record_comes_free_on_its_day(bench):
    assert refreshed(bench, "2026-12-01") == (0, {"oai:small:1"})
    assert refreshed(bench, "2027-02-28") == (0, {"oai:small:1"})
    assert refreshed(bench, "2027-03-01") == (1, set())  # it is the 2nd in Auckland
    assert refreshed(bench, "2027-03-02") == (0, set())
    with bench.opened() as (_, store):
        assert store.status()[0].ready == 3


def test_nothing_is_read_while_nobody_waits(bench, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("records are mapped again")

    monkeypatch.setattr(MappingPool, "begin", refuse)
    assert refreshed(bench, "2026-12-01")[0] == 0


def test_the_export_of_that_day_has_it(bench):
    assert sum(file.records for file in bench.export().files) == 2
    with bench.opened() as (config, store):
        later = bench.now().replace(year=2027, month=3, day=2)
        report = pipeline.export(config, store, CROSSREF, now=lambda: later)
    assert [file.dois for file in report.files] == [("10.12345/small.1",)]


# --------------------------------------------------------------------------- another configuration


@pytest.fixture
def alone(tmp_path):
    """The three articles in the store; their provider is gone."""
    with presses.press(tmp_path) as press:
        press.harvest()
    return press


def test_other_prefixes_hold_back_and_set_free(alone: Press):
    assert len(dois(alone.export())) == 3
    alone.configure(prefixes=("10.6666",))
    assert len(alone.said("doi-foreign-prefix")) == 3
    assert len(alone.export(everything=True).held_back) == 3
    alone.configure()
    assert alone.export().unchanged == 3
    assert alone.said("doi-foreign-prefix") == []


def test_what_is_stated_of_the_journal_reaches_its_deposits(alone: Press):
    alone.export()
    alone.configure('abbreviation = "J. Lamps"\n')
    assert len(dois(alone.export())) == 3
    assert any(b"<abbrev_title>J. Lamps</abbrev_title>" in data for data in alone.files().values())
    assert alone.export().unchanged == 3


def test_the_order_of_names_is_applied_to_what_is_stored(press: Press):
    press.correct(2, authors=(Author(name={"en": "Ada Adams"}),))
    press.harvest()
    assert press.said("name-order-unknown") == [("journal", "2")]
    for order, surname in (("given-first", "Adams"), ("family-first", "Ada")):
        press.configure(source=f'name_order = "{order}"\n')
        assert press.said("name-order-unknown") == []
        made = press.one(2).article
        assert made is not None
        assert made.contributors[0].surname == surname


def test_a_harvest_maps_the_others_again_too(press: Press):
    press.harvest()
    press.configure('abbreviation = "J. Lamps"\n')
    press.harvest()
    made = press.one(1).article
    assert made is not None
    assert made.journal.abbreviation == "J. Lamps"


def test_everything_is_mapped_again_where_asked(alone: Press):
    told: list[Progress] = []
    with alone.bench.opened() as (config, store):
        assert pipeline.rebuild(config, store, today="2026-11-24") == 0
        with watching(told.append):
            again = pipeline.rebuild(config, store, today="2026-11-24", everything=True)
    assert again == 3
    assert told[:2] == [Progress("rebuilding articles"), Progress("rebuilding articles", 3, 3)]


# ------------------------------------------------------------------------------------ several formats


@pytest.fixture
def two(press: Press) -> Press:
    press.configure(formats=("jats", "oai_dc"))
    return press


def test_the_best_format_wins_and_the_other_fills_the_closed_list(two: Press):
    rich = article(1, keywords={"en": ("lamp", "oil")}, abstract={"en": "We lit lamps."})
    two.put(1, {"jats": both(article(1))["jats"], "oai_dc": both(rich)["oai_dc"]})
    two.harvest()
    made = two.one(1).article
    assert made is not None
    assert made.format == "jats"
    assert made.keywords == (Keyword("lamp", "en"), Keyword("oil", "en"))
    assert made.provenance["keywords"].startswith("oai_dc")
    assert [abstract.lang for abstract in made.abstracts] == ["en"]


def test_formats_that_disagree(two: Press):
    two.put(1, {"jats": both(article(1), volume="4")["jats"], "oai_dc": both(article(1), volume="3")["oai_dc"]})
    two.put(2, {"jats": both(article(2))["jats"], "oai_dc": both(article(2, doi=doi(20)))["oai_dc"]})
    two.harvest()
    assert "formats-disagree" in two.codes(1)
    made = two.one(1).article
    assert made is not None
    assert made.volume == "4"
    assert [one.codes for one in two.export().held_back] == [("formats-disagree-doi",)]
    two.configure(formats=("oai_dc",))
    assert two.said("formats-disagree", "formats-disagree-doi") == []
    assert doi(20) in dois(two.export())


def test_a_format_that_cannot_be_read_leaves_it_to_the_other(two: Press):
    two.put(1, {**both(article(1)), "jats": b'<nothing xmlns="urn:x"/>'})
    two.harvest()
    made = two.one(1).article
    assert made is not None
    assert made.format == "oai_dc"
    assert "format-unread" in two.codes(1)
    assert len(dois(two.export())) == 3


def test_a_tombstone_in_one_format_leaves_the_other(two: Press, monkeypatch):
    jats, plain = Repository(list(two.repository.records)), two.repository.answer

    def answer(url, arguments):
        return (jats.answer if ("metadataPrefix", "jats") in arguments else plain)(url, arguments)

    monkeypatch.setattr(two.repository, "answer", answer)
    two.harvest()
    jats.put(Record(identifier=name(1), datestamp=now(), deleted=True))
    two.harvest()
    made = two.one(1)
    assert made.article is not None
    assert (made.state, made.article.format) == ("ready", "oai_dc")
    two.withdraw(1)
    two.harvest()
    assert two.one(1).deleted
    assert dois(two.export()) == [doi(2), doi(3)]


def test_a_damaged_page_is_said_until_it_is_whole(press: Press):
    press.put(2, {"oai_dc": both(article(2))["oai_dc"].replace(b"part 2", b"part\x0b 2")})
    (run,) = press.harvest()
    assert run.repaired > 0
    assert "record-repaired" in press.codes(2)
    press.correct(2)
    press.harvest(full=True)
    assert press.said("record-repaired") == []


# --------------------------------------------------------------------------- on other cores


@pytest.fixture
def mapper(bench: Workbench) -> Iterator[SourceMapper]:
    with (
        bench.opened() as (config, store),
        SourceMapper(config, store, config.sources["journal"], today="2026-12-01") as made,
    ):
        yield made


def test_what_was_begun_is_what_is_mapped_when_it_arrives(mapper, monkeypatch):
    raws = raw_records(30)
    alone = mapper.arrived("oai_dc", raws)
    assert [article.identifier for article in alone] == [raw.identifier for raw in raws]
    mapper.begin("oai_dc", Page(records=tuple(raws[:20])))
    assert mapper.arrived("oai_dc", raws) == alone


def test_what_was_begun_is_not_mapped_twice(mapper, monkeypatch):
    raws = raw_records(3)
    mapper.begin("oai_dc", Page(records=tuple(raws)))
    mapped = MappedArticle(row=None)
    monkeypatch.setattr(MappingTask, "result", lambda _: [mapped] * 3)
    assert [article.row for article in mapper.arrived("oai_dc", raws)] == [None] * 3
    assert all(article.row for article in mapper.arrived("oai_dc", raws))
