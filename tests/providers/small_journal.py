"""A small journal: four sample articles in Dublin Core on two pages, one of them without a DOI."""

from __future__ import annotations

from datetime import UTC, datetime

from harvester.demo.lists import Record
from harvester.demo.repository import OAI_DC
from harvester.model import Format, SetInfo
from tests.providers.server import Request, Server, reply
from tests.providers.truth import DC, Broken, Fault, Truth

MARC = Format("marcxml", "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd", "http://www.loc.gov/MARC21/slim")
CONFIG = """
[crossref]
depositor_name = "Example University Press"
depositor_email = "doi@example.org"
registrant = "Example University Press"
prefixes = ["10.12345"]

[sources.small]
url = "{url}"
formats = ["oai_dc"]
allow_private = true

[journals."2049-3630"]
title = "Journal of Small Things"
issn_electronic = "2049-3630"
"""


def article(number: int, date: str = "") -> Record:
    """Article `number`, published on `date`, by default on day `number` of January 2024. Number 4 has no DOI."""
    doi = f"<dc:identifier>10.12345/small.{number}</dc:identifier>" if number != 4 else ""
    metadata = (
        f"<oai_dc:dc {DC}><dc:title>On small things, part {number}</dc:title><dc:creator>Adams, Ada</dc:creator>"
        f"<dc:language>en</dc:language><dc:date>{date or f'2024-01-0{number}'}</dc:date><dc:type>article</dc:type>{doi}"
        f"<dc:identifier>https://small.example/article/view/{number}</dc:identifier>"
        f"<dc:source>Journal of Small Things; Vol. 3 No. 1 (2024); {number}0-{number}9</dc:source>"
        "<dc:source>2049-3630</dc:source></oai_dc:dc>"
    )
    return Record(
        identifier=f"oai:small:{number}",
        datestamp=datetime(2024, 1, number, tzinfo=UTC),
        sets=("small:ART",),
        metadata={"oai_dc": metadata.encode()},
    )


def provider(*articles: Record) -> Truth:
    """A provider of these articles, by default of numbers 1 to 4."""
    return Truth(
        articles or map(article, (1, 2, 3, 4)),
        name="Journal of Small Things",
        formats=(OAI_DC, MARC),
        sets=(SetInfo("small:ART", "Articles"),),
        page_size=2,
    )


def without_identifier(page: bytes) -> bytes:
    """The page as of a provider that sends no identifier for number 2."""
    return page.replace(b"<identifier>oai:small:2</identifier>", b"")


def answer(request: Request) -> bytes:
    return reply(provider().bytes_of(request))


def serving(fault: Fault | None = None) -> Server:
    """A server of the four articles, in front of which the fault stands."""
    return Server(Broken(provider(), fault))
