"""The page for people."""

from __future__ import annotations

from harvester.standin import Account, Knobs, State
from harvester.standin.page import page
from tests.standin.files import article, deposit

ACCOUNT = Account(login="demo", password="s3cret", prefixes=("10.5555", "10.48015"))


def test_page_lists_what_there_is_and_no_password() -> None:
    state = State([ACCOUNT], knobs=Knobs.immediate())
    state.submit("<a>.xml", deposit(article(), timestamp=7), ACCOUNT)
    html = page(state)
    assert "This server is not Crossref." in html
    assert "<td>demo</td><td>10.5555, 10.48015</td>" in html
    assert "<td>Steppe River Notes</td><td>20493630</td><td>10.5555</td>" in html
    assert "<td>1415653976</td><td>&lt;a&gt;.xml</td><td>demo</td><td>completed</td>" in html
    assert "<td>10.5555/willow</td><td>7</td><td>10.5555</td>" in html
    assert "s3cret" not in html
    assert '<a href="/mail/%3Ca%3E.xml">the result of &lt;a&gt;.xml</a>' in html
