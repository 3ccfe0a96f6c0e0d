"""Buttons are for people who may act."""

from __future__ import annotations

from lxml import html

from harvester.markup import joined
from harvester.web import buttons
from harvester.web.addresses import routes
from harvester.web.asked import Context
from harvester.web.links import Links
from tests.store.samples import NOW


def context(*, may_act: bool = True) -> Context:
    return Context(links=Links(routes().bind("localhost"), "runs"), now=NOW, may_act=may_act)


def test_reader_sees_no_button():
    assert buttons.at_once(context(may_act=False), "harvest", "Harvest now", subject="wetlands") == ()
    assert buttons.after_a_question(context(may_act=False), "full", "All", subject="wetlands") == ()
    assert buttons.row(buttons.of_source(context(may_act=False), "wetlands")) == ()


def test_button_posts_its_values():
    shown = html.fromstring(str(buttons.at_once(context(), "harvest", "Harvest now", subject='"><b>', state=None)))
    assert (shown.get("method"), shown.get("action")) == ("post", "/ask/harvest/do")
    assert [(field.get("name"), field.get("value")) for field in shown.iter("input")] == [("subject", '"><b>')]


def test_what_needs_a_question_is_a_link():
    button = buttons.after_a_question(context(), "retry", "Send again", subject="crossref", doi="10.5/ä")
    shown = html.fromstring(str(button))
    assert shown.get("href") == "/ask/retry?subject=crossref&doi=10.5/%C3%A4"


def test_every_button_of_a_source():
    shown = html.fromstring(joined(buttons.of_source(context(), "wetlands")))
    assert [" ".join("".join(map(str, one.itertext())).split()) for one in shown.iter("a", "button")] == [
        *("Harvest now", "Test", "Compare", "Harvest all records", "Rebuild")
    ]
    shown = html.fromstring(joined(buttons.of_source(context(), "wetlands", is_at_work=True)))
    assert [one.text for one in shown.iter("button")] == ["Stop after this page"]
