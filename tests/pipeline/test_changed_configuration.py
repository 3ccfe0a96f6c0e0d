"""What is exported belongs to what is configured now, whatever was configured when it was harvested."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester import pipeline
from harvester.checking.configured import configured_statuses
from harvester.demo.lists import Record
from harvester.demo.repository import JATS
from harvester.model import SetInfo
from harvester.reports import RunReport
from tests.providers import press as presses
from tests.providers import small_journal
from tests.providers.press import Press, doi, dois
from tests.providers.server import Request, reply
from tests.providers.truth import CLOCK, Fault, Truth, broken
from tests.workbench import Workbench

JOURNAL = '\n[journals."2049-3630"]\ntitle = "Journal of Small Things"\nissn_electronic = "2049-3630"\n'
SETS = [SetInfo(spec, spec.upper()) for spec in ("a", "b", "c", "c:part")]
SEVERE = ("error", "warning")
OUTSIDE = ("set-not-configured", "set-unknown", "journal-not-configured")


def record(number: int, *sets: str) -> Record:
    """Article `number`, which is in these sets."""
    return replace(
        small_journal.article(number, f"2024-01-{number:02}"), sets=sets, datestamp=CLOCK - timedelta(days=9)
    )


class Small:
    """A journal with sets, harvested as `journal`."""

    def __init__(self, folder: Path, truth: Truth, url: str) -> None:
        self.bench, self.truth, self.url = Workbench(folder), truth, url
        self.bench.moment = CLOCK

    def configure(self, *sets: str, more: str = JOURNAL, formats: tuple[str, ...] = ("oai_dc",)) -> None:
        named = f"sets = {list(sets)}\n" if sets else ""
        self.bench.configure(self.url, list(formats), prefixes=["10.12345"], more=named + more)

    def harvest(self, *sets: str, **options: object) -> list[RunReport]:
        """Harvests, by these sets if some are given."""
        if sets:
            self.configure(*sets)
        self.bench.moment += timedelta(days=1)
        runs = self.bench.harvest(**options)
        assert [run.state for run in runs] == ["complete"] * len(runs), runs
        return runs

    def reconcile(self, **options: object) -> RunReport:
        with self.bench.opened() as (config, store):
            (run,) = pipeline.reconcile(config, store, now=self.bench.now, **options)  # type: ignore[arg-type]
        return run

    def exported(self) -> list[int]:
        """The numbers of all articles that are ready, deposited or not."""
        return sorted(int(one.rpartition(".")[2]) for one in dois(self.bench.export(everything=True)))

    def outside(self) -> dict[int, str]:
        """The records that do not belong to the source, with the code that says so."""
        found = self.bench.check(codes=OUTSIDE)
        assert {one.severity for one in found} <= {"error"}
        return {int(one.record.rpartition(":")[2]): one.code for one in found}

    def deleted(self) -> int:
        with self.bench.opened() as (_, store):
            return sum(status.deleted for status in store.status())


@contextmanager
def small(folder: Path, *records: Record, fault: Fault | None = None) -> Iterator[Small]:
    truth = Truth(records, sets=SETS, formats=small_journal.provider().formats, page_size=2)
    with broken(truth, fault) as (_, server):
        made = Small(folder, truth, server.url)
        made.configure()
        yield made


def without_sets(request: Request, truth: Truth) -> bytes:
    """A provider that has sets and never names one in a header."""
    return reply(re.sub(rb"<setSpec>[^<]*</setSpec>(?!<setName>)", b"", truth.bytes_of(request)))


# ------------------------------------------------------------------------------------------------------- sets


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Small]:
    """Records in several sets, harvested as a whole."""
    with small(
        tmp_path, record(1, "a"), record(2, "a", "b"), record(3, "b"), record(5, "c"), record(6, "c:part")
    ) as made:
        made.harvest()
        assert made.exported() == [1, 2, 3, 5, 6]
        yield made


@pytest.mark.parametrize(
    ("sets", "inside"),
    [(("b",), [2, 3]), (("c",), [5, 6]), (("c:part",), [6]), (("a", "c:part"), [1, 2, 6]), (("x",), [])],
)
def test_records_outside_of_the_sets_are_held_back_at_once_and_removed_on_request(whole: Small, sets, inside):
    whole.configure(*sets)
    assert whole.exported() == inside
    outside = [number for number in (1, 2, 3, 5, 6) if number not in inside]
    assert whole.outside() == dict.fromkeys(outside, "set-not-configured")
    if inside:
        whole.harvest()
        assert whole.reconcile(confirm=True).deleted == len(outside)
        assert (whole.exported(), whole.outside(), whole.deleted()) == (inside, {}, len(outside))


def test_a_corrected_set_releases_what_is_in_it(whole: Small):
    whole.harvest("a")
    assert whole.exported() == [1, 2]
    whole.harvest("b")
    assert whole.exported() == [2, 3]


def test_records_that_were_removed_come_back_with_their_set(whole: Small):
    whole.harvest("b")
    whole.reconcile(confirm=True)
    whole.harvest("a", "b")
    assert (whole.exported(), whole.outside()) == ([1, 2, 3], {})


def test_a_record_that_moves_to_a_configured_set_is_released_without_another_change(whole: Small):
    whole.harvest("b")
    moved = whole.truth.records[0]
    whole.truth.put(replace(moved, sets=("b",), datestamp=whole.bench.moment + timedelta(hours=1)))
    (run,) = whole.harvest()
    assert (run.changed, run.unchanged) == (0, 1)
    assert whole.exported() == [1, 2, 3]


def test_what_is_outside_of_the_sets_shares_its_doi_with_nobody(whole: Small):
    copy = record(1, "b")
    whole.truth.put(replace(copy, identifier="oai:small:7", datestamp=CLOCK))
    whole.harvest("b")
    assert whole.bench.check(codes=["doi-duplicate", "identifier-changed", "record-repeated"]) == []
    assert whole.exported() == [1, 2, 3]


def test_a_record_that_left_the_set_is_removed_by_a_comparison(tmp_path: Path):
    with small(tmp_path, *(record(number, "a") for number in range(5, 10))) as made:
        made.harvest("a")
        made.truth.put(replace(made.truth.records[1], sets=("b",), datestamp=CLOCK))
        made.harvest()
        assert made.reconcile().state == "incomplete"  # one of five is more than max_deletion_share
        assert made.reconcile(confirm=True).deleted == 1
        assert made.exported() == [5, 7, 8, 9]


def test_a_set_that_loses_all_its_records_by_an_edit_of_their_headers_alone(tmp_path: Path):
    """Both formats have the record; the newer header of one decides for both until the other is harvested."""
    with small(tmp_path, *(record(number, "a") for number in (5, 6))) as made:
        made.truth.formats = (*made.truth.formats, JATS)
        for one in list(made.truth.records):
            made.truth.put(replace(one, metadata={**one.metadata, "jats": b"<article/>"}))
        made.configure(formats=("jats", "oai_dc"))
        made.harvest()
        made.truth.put(replace(made.truth.records[0], sets=("b",), datestamp=CLOCK + timedelta(days=1, hours=2)))
        made.truth.formats = small_journal.provider().formats  # the other one fails
        made.bench.moment += timedelta(days=1)
        made.bench.harvest()
        made.configure("a", formats=("jats", "oai_dc"))
        assert made.outside() == {5: "set-not-configured"}


def kinds(made: Small) -> list[str]:
    """The kinds of all runs, oldest first."""
    with made.bench.opened() as (_, store):
        return [run.kind for run in reversed(store.runs.latest())]


def ready(made: Small) -> tuple[int, int]:
    """How many articles `status` counts as ready and as held back."""
    with made.bench.opened() as (config, store), store.overview() as overview:
        status = configured_statuses(config, overview)["journal"]
    return status.ready, status.held_back


def test_whole_repository_is_narrowed_without_a_full_harvest_where_headers_name_the_sets(whole: Small):
    whole.harvest("b")
    assert kinds(whole) == ["full", "incremental"]
    assert whole.exported() == [2, 3]


def test_status_counts_by_the_present_sets_before_anything_is_rebuilt(whole: Small):
    assert ready(whole) == (5, 0)
    for sets, counted in (
        (("b",), (2, 3)),
        (("c",), (2, 3)),
        (("a", "b"), (3, 2)),
        (("c:part",), (1, 4)),
        ((), (5, 0)),
    ):
        whole.configure(*sets)
        assert ready(whole) == counted
    whole.configure("b")
    whole.outside()  # rebuilds
    assert ready(whole) == (2, 3)


class TestProvidersThatNameNoSets:
    RECORDS = (record(1, "a"), record(2, "a", "b"), record(3, "b"))

    @pytest.fixture
    def silent(self, tmp_path: Path) -> Iterator[Small]:
        with small(tmp_path, *self.RECORDS, fault=without_sets) as made:
            yield made

    def test_records_are_in_the_sets_whose_lists_gave_them(self, silent: Small):
        silent.harvest("a", "b")
        assert silent.exported() == [1, 2, 3]
        silent.configure("b")
        assert silent.exported() == [2, 3]
        assert silent.outside() == {1: "set-not-configured"}

    def test_after_a_harvest_of_the_whole_only_a_list_can_tell(self, silent: Small):
        silent.harvest()
        silent.configure("b")
        assert silent.outside() == dict.fromkeys((1, 2, 3), "set-unknown")
        (run,) = silent.harvest()
        assert (run.unchanged, silent.exported()) == (2, [2, 3])
        assert kinds(silent) == ["full", "full"]
        silent.harvest()
        assert kinds(silent) == ["full", "full", "incremental"]
        silent.reconcile(confirm=True)
        assert (silent.exported(), silent.outside(), silent.deleted()) == ([2, 3], {}, 1)

    def test_sets_that_were_removed_and_set_again_are_listed_once(self, silent: Small):
        silent.harvest("a")
        silent.configure()
        silent.harvest()
        silent.configure("a")
        assert silent.outside() == {3: "set-unknown"}
        late = record(5, "a")
        silent.truth.put(replace(late, datestamp=CLOCK - timedelta(days=9)))  # listed by the sets only since
        silent.harvest()
        assert silent.exported() == [1, 2, 5]
        silent.harvest()
        assert kinds(silent)[-2:] == ["full", "incremental"]

    def test_a_comparison_can_tell_too(self, silent: Small):
        silent.harvest()
        silent.configure("b")
        silent.reconcile(confirm=True)
        assert (silent.exported(), silent.outside(), silent.deleted()) == ([2, 3], {}, 1)

    def test_what_is_not_listed_for_a_while_stays(self, silent: Small):
        silent.harvest("a")
        silent.truth.put(replace(silent.truth.records[0], sets=("b",), datestamp=CLOCK))
        assert silent.reconcile(confirm=True).deleted == 0
        assert silent.exported() == [1, 2]


class TestRemovedSets:
    OTHER = "1234-5679"

    @pytest.fixture
    def removed(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Small]:
        """Set a was removed from the configuration; in set b there is another journal too."""
        other = record(3, "b")
        metadata = {"oai_dc": other.metadata["oai_dc"].replace(b"2049-3630", self.OTHER.encode())}
        with small(tmp_path, record(1, "a"), record(2, "b"), replace(other, metadata=metadata)) as made:
            made.harvest("a")
            made.configure()
            caplog.clear()
            with caplog.at_level("WARNING"):  # a command of another test may have logged errors only
                made.harvest()
            assert 'set sets = ["a"] under [sources.journal]' in caplog.text
            yield made

    def test_journals_that_are_not_configured_are_held_back(self, removed: Small):
        assert removed.exported() == [1, 2]
        (finding,) = removed.bench.check(codes=OUTSIDE)
        assert (finding.code, finding.record) == ("journal-not-configured", "oai:small:3")
        assert f'[journals."{self.OTHER}"]' in finding.fix

    def test_the_table_of_the_journal_releases_them(self, removed: Small):
        removed.configure(more=f'{JOURNAL}\n[journals."{self.OTHER}"]\nissn_electronic = "{self.OTHER}"\n')
        assert (removed.exported(), removed.outside()) == ([1, 2, 3], {})

    def test_the_set_leaves_them_outside(self, removed: Small):
        removed.harvest("a")
        assert removed.exported() == [1]
        assert removed.outside() == {2: "set-not-configured", 3: "set-not-configured"}

    def test_the_warning_comes_once(self, removed: Small, caplog: pytest.LogCaptureFixture):
        caplog.clear()
        removed.harvest()
        assert caplog.text == ""


# ------------------------------------------------------------------------------------------- a site that moved


def moved(one: Record, host: str = "new.example.org") -> Record:
    metadata = {
        name: data.replace(b"https://small.example/", f"https://{host}/".encode())
        for name, data in one.metadata.items()
    }
    return replace(one, identifier=one.identifier.replace("oai:small:", f"oai:{host}:"), metadata=metadata)


@pytest.mark.parametrize("numbers", [(1, 2, 3, 5), (2, 5)])
@pytest.mark.parametrize("has_new_url", [True, False])
def test_records_with_new_identifiers_replace_the_old_ones(tmp_path: Path, numbers, has_new_url):
    with small(tmp_path, *(record(number) for number in (1, 2, 3, 5))) as made:
        made.harvest()
        assert made.exported() == [1, 2, 3, 5]
        old = [one for one in made.truth.records if int(one.identifier[-1]) in numbers]
        made.truth.records = [one for one in made.truth.records if one not in old]
        for one in old:
            made.truth.put(moved(one))
        if has_new_url:
            made.url = made.url.replace("/oai", "/new/oai")
            made.configure()
        made.harvest(full=not has_new_url)
        held = made.bench.check(codes=["identifier-changed"])
        assert len(held) == 2 * len(numbers)
        assert "harvester reconcile journal --confirm" in held[0].fix
        assert made.bench.check(codes=["doi-duplicate"]) == []
        assert made.reconcile(confirm=True).deleted == len(numbers)
        assert made.bench.check() == []
        assert sorted(dois(made.bench.export())) == [f"10.12345/small.{number}" for number in numbers]


def test_equal_records_with_new_identifiers_are_deposited_once(tmp_path: Path):
    with small(tmp_path, record(1), record(2)) as made:
        made.harvest()
        made.truth.put(replace(record(1), identifier="oai:small:1/1", datestamp=CLOCK + timedelta(hours=30)))
        made.harvest()
        assert len(made.bench.check(codes=["record-repeated"])) == 2
        assert made.exported() == [1, 2]


def test_different_articles_of_one_source_with_one_doi_are_duplicates(tmp_path: Path):
    with small(tmp_path, record(1), record(2)) as made:
        other = record(2).metadata["oai_dc"].replace(b"small.2<", b"small.1<")
        made.truth.put(replace(record(2), metadata={"oai_dc": other}))
        made.harvest()
        assert len(made.bench.check(codes=["doi-duplicate"])) == 2


# ------------------------------------------------------------------------------------------ sources and formats


def rename_in_configuration(press: Press, old: str, new: str) -> None:
    path = press.bench.path
    path.write_text(path.read_text(encoding="utf-8").replace(f"[sources.{old}]", f"[sources.{new}]"), encoding="utf-8")


def with_store(press: Press, act: Callable[..., object], *names: str) -> None:
    with press.bench.opened() as (config, store):
        act(config, store, *names)


def test_a_renamed_source_competes_with_nobody(press: Press):
    press.harvest()
    press.bench.export()
    rename_in_configuration(press, "journal", "lamps")
    press.harvest()
    press.correct(2, title={"en": "On lamps, corrected"})
    press.harvest()
    assert press.bench.check(severities=SEVERE) == []
    assert dois(press.bench.export()) == [doi(2)]
    with_store(press, pipeline.forget_source, "journal")
    assert dois(press.bench.export()) == []


def test_a_source_that_is_renamed_in_the_store_fetches_only_what_is_new(press: Press):
    press.harvest()
    press.bench.export()
    rename_in_configuration(press, "journal", "lamps")
    with_store(press, pipeline.rename_source, "journal", "lamps")
    press.correct(2, title={"en": "On lamps, corrected"})
    (run,) = press.harvest()
    assert (run.new, run.changed) == (0, 1)
    assert dois(press.bench.export()) == [doi(2)]


def test_a_source_that_was_removed_by_the_remedy_competes_with_nobody(press: Press):
    press.mirrored()
    press.harvest()
    assert len(press.said("doi-same-article")) == 6
    press.configure()
    assert press.said("doi-same-article") == []
    press.correct(2, title={"en": "On lamps, corrected"})
    press.harvest()
    assert press.bench.check(severities=SEVERE) == []
    assert len(dois(press.export(names=["journal"]))) == 3


def test_two_configured_sources_that_differ_are_still_reported(press: Press):
    press.mirrored()
    press.harvest()
    press.correct(2, title={"en": "On lamps, corrected"})
    press.harvest()
    assert press.said("doi-duplicate") == [("journal", "2"), ("mirror", "2")]


MINT = f"""
[journals."{presses.ISSN}".doi]
pattern = "{{prefix}}/l.{{volume}}.{{first_page}}"
prefix = "10.5555"
mint = true
"""


@pytest.mark.parametrize("is_renamed", [True, False])
def test_a_minted_doi_follows_its_record_to_the_new_name(press: Press, is_renamed: bool):
    press.configure(MINT)
    press.correct(1, doi=None)
    press.harvest()
    press.bench.export()
    rename_in_configuration(press, "journal", "lamps")
    if is_renamed:
        with_store(press, pipeline.rename_source, "journal", "lamps")
    press.harvest()
    if not is_renamed:
        assert press.said("doi-mint-taken") == [("lamps", "1")]
        with_store(press, pipeline.forget_source, "journal")
    assert press.bench.check(severities=["error"]) == []
    assert (press.one(1, "lamps").doi, dois(press.bench.export())) == ("10.5555/l.3.10", [])
