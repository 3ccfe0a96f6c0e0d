"""What a provider never announces is found by its list of identifiers, and nothing is deleted on a doubtful word."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.demo.lists import Record
from harvester.harvesting.patience import Patience
from harvester.harvesting.reconcile import reconcile_source
from tests.chaos.harvesting import bench, differing, harvest, held, reconcile
from tests.providers.server import Request, error, listing, reply
from tests.providers.truth import Truth, article, broken, name, page_of
from tests.workbench import Workbench

pytestmark = pytest.mark.slow


def deleted(made: Workbench) -> set[str]:
    return {name for name, raw in held(made).items() if raw.deleted}


def test_a_deletion_that_is_never_announced_is_found_and_what_was_known_stays(tmp_path: Path):
    truth = Truth(23)
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.remove(4, 17)
        assert harvest(made).deleted == 0
        run = reconcile(made)
        assert (run.state, run.deleted, run.error) == ("complete", 2, None)
        assert deleted(made) == {name(4), name(17)}
        with made.opened() as (_, store):
            (version,) = store.records.earlier_versions("journal", name(4), "oai_dc")
            assert version.payload is not None
        assert reconcile(made).deleted == 0


def test_records_that_came_with_old_datestamps_are_fetched(tmp_path: Path):
    truth = Truth(20)
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.put(article(21, datestamp=article(2).datestamp))
        assert harvest(made).new == 0
        assert reconcile(made).new == 1
        assert differing(held(made), truth) == set()


def test_a_row_that_shifted_while_the_size_stayed_the_same_is_fetched(tmp_path: Path):
    """A record is deleted without a trace and another is added with an old date, between two pages: no sign of it."""
    truth, swaps = Truth(23), iter([True])

    def swap(request: Request, truth: Truth) -> bytes | None:
        if page_of(request) == 3 and next(swaps, False):
            truth.remove(4)
            truth.put(article(100, datestamp=article(22).datestamp))
        return None

    with broken(truth, swap) as (_, server):
        made = bench(tmp_path, server.url)
        assert harvest(made).state == "complete"
        assert differing(held(made), truth) == {name(4), name(10)}
        run = reconcile(made)
        assert (run.state, run.new, run.deleted) == ("complete", 1, 1)
        assert differing(held(made), truth) == set()


def test_too_many_deletions_wait_for_a_person(tmp_path: Path):
    truth = Truth(20)
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.remove(*range(5))
        run = reconcile(made)
        assert (run.state, run.deleted) == ("incomplete", 0)
        assert "5 of 20 records (25%)" in (run.error or "")
        assert deleted(made) == set()
        assert (reconcile(made, confirm=True).state, len(deleted(made))) == ("complete", 5)


def test_a_share_at_the_limit_itself_is_let_go(tmp_path: Path):
    """29 is more than 0.29 * 100, as floating point has it."""
    truth = Truth(100, page_size=100)
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url, settings="max_deletion_share = 0.29\n")
        harvest(made)
        truth.remove(*range(29))
        assert (reconcile(made).state, len(deleted(made))) == ("complete", 29)


def test_nothing_is_deleted_where_the_list_may_not_be_whole(tmp_path: Path):
    def cut(request: Request, truth: Truth) -> bytes | None:
        if request.query.get("verb") == "ListIdentifiers" and "resumptionToken" in request.query:
            return reply(error("noRecordsMatch"))
        return None

    truth = Truth(23)
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url, settings="max_deletion_share = 1.0\n")
        harvest(made)
        script.fault = cut
        run = reconcile(made)
        assert (run.state, run.deleted) == ("incomplete", 0)
        assert "announced 23 records and gave 5" in (run.error or "")
        assert "if 18 of 23 records are gone, run `harvester reconcile journal --confirm`" in (run.error or "")
        assert deleted(made) == set()
        assert (reconcile(made, confirm=True).state, deleted(made)) == ("complete", set())  # each is there by its name


def test_a_provider_that_always_counts_wrong_can_be_believed(tmp_path: Path):
    def boast(request: Request, truth: Truth) -> bytes:
        return reply(truth.bytes_of(request).replace(b'completeListSize="22"', b'completeListSize="40"'))

    truth = Truth(23)
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.remove(4)
        script.fault = boast
        assert (reconcile(made).state, deleted(made)) == ("incomplete", set())
        assert (reconcile(made, confirm=True).state, deleted(made)) == ("complete", {name(4)})


def test_a_token_that_expires_costs_one_more_walk(tmp_path: Path):
    truth = Truth(23)
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.remove(4)
        refusals = iter([reply(error("badResumptionToken"))])
        script.fault = lambda request, _: next(refusals, None) if page_of(request) == 3 else None
        run = reconcile(made)
        assert (run.state, run.error, deleted(made)) == ("complete", None, {name(4)})


def test_a_record_that_is_not_listed_but_can_be_had_stays(tmp_path: Path):
    hidden = f"<header><identifier>{name(4)}</identifier>".encode()

    def fault(request: Request, truth: Truth) -> bytes | None:
        page = truth.bytes_of(request)
        if request.query.get("verb") != "ListIdentifiers" or hidden not in page:
            return None
        head, _, rest = page.partition(hidden)
        return reply(head + rest.partition(b"</header>")[2])

    with broken(Truth(8, page_size=20)) as (script, server):
        made = bench(tmp_path, server.url, settings="max_deletion_share = 1.0\n")
        harvest(made)
        script.fault = fault
        assert (reconcile(made).state, deleted(made)) == ("complete", set())


@pytest.mark.parametrize(
    "answer", [reply("", 500), reply("none such", 404), reply(error("badArgument")), reply("<html>oh</html>")]
)
def test_records_that_cannot_be_had_by_name_are_noted_and_cost_the_others_nothing(tmp_path: Path, answer: bytes):
    truth = Truth(30)
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.remove(4, 17)
        truth.put(article(40, datestamp=article(2).datestamp))
        truth.put(article(41, datestamp=article(2).datestamp))
        bad = (name(17), name(41))
        script.fault = lambda request, _: answer if request.query.get("identifier") in bad else None
        run = reconcile(made)
        assert (run.state, run.new, run.deleted) == ("complete", 1, 1)
        assert f"2 of the records could not be fetched by identifier, among them {name(41)}: the provider" in (
            run.error or ""
        )
        assert deleted(made) == {name(4)}
        script.fault = None
        assert (reconcile(made).error, deleted(made)) == (None, {name(4), name(17)})
    assert differing(held(made), truth) == set()


def test_more_missing_records_than_are_asked_for_by_name_are_said_to_be(tmp_path: Path):
    truth = Truth(9)
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        for number in range(50, 55):
            truth.put(article(number, datestamp=article(2).datestamp))
        with made.opened() as (config, store):
            source = config.sources["journal"]
            (run,) = reconcile_source(config, store, source, now=made.now, patience=Patience(missing_records=3))
        assert (run.state, run.new) == ("incomplete", 3)
        assert (run.error or "").startswith("2 more records are missing here; run `harvester harvest journal --full`; ")
        assert (reconcile(made).state, differing(held(made), truth)) == ("complete", set())


@pytest.mark.parametrize("answer", [listing(verb="GetRecord"), error("noRecordsMatch")])
def test_a_listed_record_that_does_not_come_by_name_is_noted(tmp_path: Path, answer: str):
    truth = Truth(9)
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.put(article(50, datestamp=article(2).datestamp))
        script.fault = lambda request, _: reply(answer) if request.query.get("verb") == "GetRecord" else None
        run = reconcile(made)
        assert (run.state, run.new) == ("complete", 0)
        assert f"1 of the records could not be fetched by identifier, among them {name(50)}" in (run.error or "")


def test_an_unlisted_record_that_comes_damaged_is_not_deleted(tmp_path: Path):
    truth = Truth(30)
    headless = reply(listing("<record><metadata/></record>", verb="GetRecord"))
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.remove(4)
        script.fault = lambda request, _: headless if request.query.get("verb") == "GetRecord" else None
        run = reconcile(made)
        assert (run.state, run.deleted, deleted(made)) == ("complete", 0, set())
        assert f"1 of the records could not be fetched by identifier, among them {name(4)}" in (run.error or "")


def test_a_provider_that_gives_no_record_by_name_is_not_asked_for_all(tmp_path: Path):
    truth = Truth(10)
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        for number in range(50, 90):
            truth.put(article(number, datestamp=article(2).datestamp))
        script.fault = lambda request, _: reply("", 500) if request.query.get("verb") == "GetRecord" else None
        before = len(server.requests)
        assert reconcile(made).state == "failed"
        assert len(server.requests) - before < 40


def test_a_provider_that_fails_changes_nothing(tmp_path: Path):
    with broken(Truth(8)) as (script, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        script.fault = lambda request, truth: reply("no", 500)
        assert (reconcile(made).state, deleted(made)) == ("failed", set())
        script.fault = None
        assert harvest(made).state == "complete"


def test_a_tombstone_whose_record_lives_again_is_live(tmp_path: Path):
    truth = Truth(
        [Record(identifier=name(1), datestamp=article(1).datestamp, deleted=True), *map(article, range(2, 9))]
    )
    with broken(truth) as (_, server):
        made = bench(tmp_path, server.url)
        harvest(made)
        truth.put(article(1))
        assert reconcile(made).changed == 1
        assert differing(held(made), truth) == set()
