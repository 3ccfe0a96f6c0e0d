"""The frame of every page."""

from lxml import html

from harvester.markup import foreign, tag
from harvester.web.addresses import routes
from harvester.web.asked import Body, Context
from harvester.web.layout import document
from harvester.web.links import Links
from tests.store.samples import NOW


def shown(body: Body, name: str = "runs") -> html.HtmlElement:
    return html.document_fromstring(document(body, Context(links=Links(routes().bind("localhost"), name), now=NOW)))


def test_page_begins_with_a_link_to_its_content():
    page = shown(Body(title="Runs", content=tag("p", "words")))
    assert page.xpath("string(//body/a[1]/@href)") == "#content"
    assert page.xpath("string(//main[@id='content']/h1)") == "Runs"
    assert page.xpath("string(//title)") == "Runs · Harvester"
    assert page.get("lang") == "en"


def test_title_is_text_and_the_heading_may_be_markup():
    page = shown(Body(title="Run of <b>", heading=tag("span", foreign("<b>")), content=()))
    assert page.xpath("string(//title)") == "Run of <b> · Harvester"
    assert page.xpath("string(//h1/span/bdi)") == "<b>"


def test_page_of_one_run_belongs_to_the_runs():
    assert shown(Body(title="Run 1", content=()), "run").xpath("string(//a[@aria-current='page'])") == "Runs"
    assert not shown(Body(title="Failure", content=()), "failure").xpath("//a[@aria-current]")
