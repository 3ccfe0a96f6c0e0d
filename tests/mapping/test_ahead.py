"""Pages of a harvest that were begun: taken once, by the very records they were begun with."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from harvester.mapping.ahead import MappingAhead
from harvester.model import RawRecord
from harvester.store import ArticleToSave
from tests.mapping.samples import raw_records

RAWS = raw_records(9)


def article(raw: RawRecord) -> ArticleToSave:
    return ArticleToSave(
        source="s", identifier=raw.identifier, row=None, deleted=False, findings=(), mapped_with=raw.datestamp
    )


def articles(raws: list[RawRecord]) -> dict[str, ArticleToSave]:
    return {raw.identifier: article(raw) for raw in raws}


def begun(*pages: list[RawRecord], at_most: int = 3) -> MappingAhead:
    ahead = MappingAhead(at_most)
    for page in pages:
        ahead.put(page, partial(list, map(article, page)))
    return ahead


def test_pages_are_taken_in_any_order_and_once():
    ahead = begun(RAWS[:4], RAWS[4:])
    assert ahead.take(RAWS[4:]) == articles(RAWS[4:])
    assert ahead.take(RAWS[:4]) == articles(RAWS[:4])
    assert ahead.take(RAWS[:4]) == {}


def test_records_that_are_not_wanted_are_left_out():
    ahead = begun(RAWS)
    assert ahead.take(RAWS[2:4]) == articles(RAWS[2:4])
    assert ahead.take(RAWS[5:]) == {}


def test_another_version_of_a_record_is_not_what_was_begun():
    newer = replace(RAWS[0], datestamp="2021-01-01")
    ahead = begun(RAWS)
    assert ahead.take([newer, RAWS[1]]) == articles([RAWS[1]])
    assert begun(RAWS).take([newer]) == {}


def test_pages_that_nobody_takes_drop_out():
    ahead = begun(RAWS[:2], RAWS[2:4], RAWS[4:6], at_most=2)
    assert ahead.take(RAWS[:2]) == {}
    assert ahead.take(RAWS[4:6]) == articles(RAWS[4:6])
