"""Articles made in batches, as one by one."""

from __future__ import annotations

import pytest

from harvester.article_rows import to_mapped_article
from harvester.mapping import ArticleMapper, article_mapper
from harvester.model import Hints, Policy, RawRecord
from tests.demo.many import many

MAPPER = ArticleMapper(Hints(), Policy(today="2026-01-01"))


def records():
    """Identifiers in two formats, in one, in none, and one that nobody can read."""
    found = []
    for one in many(6, references=2):
        raws = {
            prefix: RawRecord(
                identifier=one.identifier,
                datestamp="2020-01-01",
                payload=b"<record><metadata>%s</metadata></record>" % one.metadata[prefix],
            )
            for prefix in ("jats", "oai_dc")
        }
        found += [raws, {"oai_dc": raws["oai_dc"]}]
    return [*found, {}, {"jats": RawRecord(identifier="x", datestamp="2020-01-01", payload=b"<half")}]


@pytest.mark.parametrize("size", [1, 5_000, 10_000_000])
def test_batches_of_any_size_give_what_each_gives_alone(monkeypatch, size):
    monkeypatch.setattr(article_mapper, "BATCH", size)
    alone = [to_mapped_article(MAPPER.check(MAPPER.read(live))) for live in records()]
    assert MAPPER.map(records()) == alone
    assert sum(one.row is not None for one in alone) == 12


def test_nothing_comes_of_nothing():
    assert MAPPER.map([]) == []
