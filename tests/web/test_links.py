"""Links are built from the table of addresses."""

from harvester.web.addresses import routes
from harvester.web.links import Links


def links(**query: str) -> Links:
    return Links(routes().bind("localhost", script_name="/below"), "runs", {}, query)


def test_values_that_are_not_in_the_address_become_parameters():
    assert links().to("run", id=7) == "/below/runs/7"
    assert links().to("runs", source="a b&c", state=None) == "/below/runs?source=a+b%26c"


def test_other_filter_begins_at_the_first_row():
    assert links(state="failed", after="9").here(source="x") == "/below/runs?state=failed&source=x"
    assert links(state="failed", after="9").here(state=None) == "/below/runs"


def test_page_that_is_not_there_is_known():
    assert links().has("runs")
    assert not links().has("nowhere")
