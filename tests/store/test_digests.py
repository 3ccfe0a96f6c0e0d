from __future__ import annotations

from datetime import timedelta

from harvester.store.store import Store
from tests.store.samples import NOW, article_to_save, fill, finding, name


def newly_held(opened: Store) -> list[str]:
    return [one.identifier for one in opened.newly_held(["wetlands"])]


def test_reported_articles_are_not_new_until_they_were_ready(opened: Store):
    held = article_to_save(1, findings=(finding("error"),))
    fill(opened, held, article_to_save(2))
    assert (newly_held(opened), opened.last_digest()) == ([name(1)], None)
    opened.save_digest(NOW, opened.newly_held(["wetlands"]))
    assert (newly_held(opened), opened.last_digest()) == ([], NOW)
    opened.save_articles([article_to_save(1)])
    opened.save_digest(NOW + timedelta(days=1), ())
    opened.save_articles([held])
    assert newly_held(opened) == [name(1)]


def test_articles_may_change_while_a_digest_is_sent(opened: Store):
    one, two = (article_to_save(number, findings=(finding("error"),)) for number in (1, 2))
    fill(opened, one, two)
    reported = opened.newly_held(["wetlands"])
    opened.save_articles([article_to_save(1)])
    opened.save_digest(NOW, reported)
    opened.save_articles([one])
    assert newly_held(opened) == [name(1)]


def test_a_source_may_be_forgotten_while_a_digest_is_sent(opened: Store):
    fill(opened, article_to_save(1, findings=(finding("error"),)))
    reported = opened.newly_held(["wetlands"])
    opened.forget_source("wetlands")
    opened.save_digest(NOW, reported)
    assert opened.last_digest() == NOW


def test_articles_of_other_sources_do_not_count(opened: Store):
    fill(opened, article_to_save(1, findings=(finding("error"),), source="fens"), source="fens")
    assert newly_held(opened) == []


def test_a_source_can_be_forgotten_after_a_digest(opened: Store):
    fill(opened, article_to_save(1, findings=(finding("error"),)))
    opened.save_digest(NOW, opened.newly_held(["wetlands"]))
    opened.forget_source("wetlands")
    assert newly_held(opened) == []
