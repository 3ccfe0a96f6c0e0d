from __future__ import annotations

from datetime import timedelta

from harvester.store.store import Store
from tests.store.samples import NOW, article_to_save, fill, finding, name


def newly_held(opened: Store) -> list[str]:
    return [one.identifier for one in opened.digests.newly_held(["wetlands"])]


def test_reported_articles_are_not_new_until_they_were_ready(opened: Store):
    held = article_to_save(1, findings=(finding("error"),))
    fill(opened, held, article_to_save(2))
    assert (newly_held(opened), opened.digests.last()) == ([name(1)], None)
    opened.digests.save(NOW, opened.digests.newly_held(["wetlands"]))
    assert (newly_held(opened), opened.digests.last()) == ([], NOW)
    opened.articles.save([article_to_save(1)])
    opened.digests.save(NOW + timedelta(days=1), ())
    opened.articles.save([held])
    assert newly_held(opened) == [name(1)]


def test_articles_may_change_while_a_digest_is_sent(opened: Store):
    one, two = (article_to_save(number, findings=(finding("error"),)) for number in (1, 2))
    fill(opened, one, two)
    reported = opened.digests.newly_held(["wetlands"])
    opened.articles.save([article_to_save(1)])
    opened.digests.save(NOW, reported)
    opened.articles.save([one])
    assert newly_held(opened) == [name(1)]


def test_a_source_may_be_forgotten_while_a_digest_is_sent(opened: Store):
    fill(opened, article_to_save(1, findings=(finding("error"),)))
    reported = opened.digests.newly_held(["wetlands"])
    opened.sources.forget("wetlands")
    opened.digests.save(NOW, reported)
    assert opened.digests.last() == NOW


def test_articles_of_other_sources_do_not_count(opened: Store):
    fill(opened, article_to_save(1, findings=(finding("error"),), source="fens"), source="fens")
    assert newly_held(opened) == []


def test_a_source_can_be_forgotten_after_a_digest(opened: Store):
    fill(opened, article_to_save(1, findings=(finding("error"),)))
    opened.digests.save(NOW, opened.digests.newly_held(["wetlands"]))
    opened.sources.forget("wetlands")
    assert newly_held(opened) == []
