"""What a list has given, whether it leads anywhere, and whether its end can be believed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvester.harvesting.lists import ListProgress, ListWatch, doubt
from harvester.harvesting.patience import DEFAULT, Patience
from harvester.model import BadRecord, Page, RawRecord, Token, Window
from harvester.store import RunWindow

ASKED = Window(prefix="oai_dc")


def record(identifier: str) -> RawRecord:
    return RawRecord(identifier=identifier, datestamp="2024-05-01", payload=b"<record/>")


def page(*names: str, token: str | None = "t") -> Page:
    return Page(records=tuple(map(record, names)), token=Token(token) if token else None)


class TestListWatch:
    def test_counts_each_identifier_once_and_goes_on_from_a_checkpoint(self):
        watch = ListWatch(seen=10)
        assert [watch.count(page("a", "b")), watch.count(page("b", "c"))] == [2, 1]
        assert (watch.total, watch.circling) == (13, False)

    def test_one_token_for_all_pages_is_no_circle_while_something_new_comes(self):
        watch = ListWatch()
        for name in "abc":
            watch.count(page(name, token="same"))
        assert not watch.circling
        watch.count(page("c", token="same"))
        assert watch.circling

    def test_pages_without_news_under_new_tokens_are_one_after_the_third(self):
        watch = ListWatch()
        watch.count(page("a", token="0"))
        circling = []
        for token in "123":
            watch.count(page("a", token=token))
            circling.append(watch.circling)
        assert circling == [False, False, True]

    def test_pages_without_any_record_are_one_after_many(self):
        watch, circling = ListWatch(), []
        for token in range(DEFAULT.empty_pages):
            watch.count(page(token=str(token)))
            circling.append(watch.circling)
        assert circling == [False] * (DEFAULT.empty_pages - 1) + [True]
        watch.count(page("a", token="more"))
        assert not watch.circling

    def test_the_last_page_ends_a_list_whatever_it_holds(self):
        watch = ListWatch()
        watch.count(page("a"))
        watch.count(page("a", token=None))
        assert not watch.circling


class TestDoubt:
    def test_a_list_is_whole_when_it_gave_what_it_announced(self):
        assert doubt(5, 5) is None
        assert doubt(5, 5, circling=True) is None
        assert doubt(6, 5) is None
        assert doubt(5, None) is None
        assert doubt(4, 5) == "the provider announced 5 records and gave 4"
        assert doubt(5, None, circling=True)
        assert doubt(6, 5, circling=True)  # its size is wrong, and says nothing of its end
        assert doubt(5, None, unlisted=True)
        assert doubt(5, 5, shrunk=True)


class TestListProgress:
    def read(self, *pages: Page, **checkpoint: object) -> ListProgress:
        progress = ListProgress(RunWindow(id=1, window=ASKED, **checkpoint), ASKED)  # type: ignore[arg-type]
        for one in pages:
            progress.take(one)
        return progress

    def test_a_resumed_list_knows_what_its_earlier_pages_gave_and_announced(self):
        progress = self.read(page("c", token="2"), pages=1, seen=2, list_size=9, token=Token("1"))
        assert (progress.pages, progress.total, progress.size, progress.token) == (2, 3, 9, Token("2"))

    def test_what_a_window_announced_when_it_was_split_is_not_announced_by_its_list(self):
        assert self.read(list_size=9).size is None

    def test_the_smallest_size_counts_and_a_smaller_one_is_noticed(self):
        sizes = (9, 12, 7)
        pages = [Page(records=(record(str(size)),), token=Token("t"), list_size=size) for size in sizes]
        assert [self.read(*pages[:count]).size for count in (1, 2, 3)] == [9, 9, 7]
        assert [self.read(*pages[:count]).has_shrunk for count in (1, 2, 3)] == [False, False, True]

    def test_a_page_is_full_when_no_other_had_more_records(self):
        bad = BadRecord(identifier=None, reason="no header", payload=b"")
        first = Page(records=(record("a"),), bad=(bad,), token=Token("t"))
        assert self.read(first).is_full(first)
        assert self.read(first, page("b", "c")).is_full(page("b", "c"))
        assert not self.read(first, page("b")).is_full(page("b"))

    def test_a_list_ends_without_a_token_or_in_circles(self):
        same = page("a", token="same")
        assert self.read(page("a", token=None)).has_ended(page("a", token=None))
        assert not self.read(same).has_ended(same)
        assert self.read(same, same).has_ended(same)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5), min_size=1, max_size=30))
def test_a_list_never_gives_more_than_its_distinct_identifiers(pages):
    watch = ListWatch(patience=Patience(repeated_pages=2, empty_pages=4))
    fresh = [watch.count(page(*names, token=str(number))) for number, names in enumerate(pages)]
    assert sum(fresh) == watch.total == len({name for names in pages for name in names})
