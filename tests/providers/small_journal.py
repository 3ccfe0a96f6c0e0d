"""A small provider on loopback: four articles of our own in Dublin Core, one of them without a DOI."""

from __future__ import annotations

from tests.providers.server import Request, Server, envelope, error, reply

DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
IDENTIFY = (
    "<Identify><repositoryName>Journal of Small Things</repositoryName><baseURL>http://127.0.0.1/oai</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>a@example.org</adminEmail>"
    "<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
)
FORMATS = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
    "<schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>"
    "<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></metadataFormat>"
    "<metadataFormat><metadataPrefix>marcxml</metadataPrefix><schema>x</schema>"
    "<metadataNamespace>http://www.loc.gov/MARC21/slim</metadataNamespace></metadataFormat></ListMetadataFormats>"
)
SETS = "<ListSets><set><setSpec>small:ART</setSpec><setName>Articles</setName></set></ListSets>"
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


def article(number: int) -> str:
    """A record; number 4 has no DOI."""
    doi = f"<dc:identifier>10.12345/small.{number}</dc:identifier>" if number != 4 else ""
    return (
        f"<record><header><identifier>oai:small:{number}</identifier><datestamp>2024-01-0{number}T00:00:00Z</datestamp>"
        f"<setSpec>small:ART</setSpec></header><metadata><oai_dc:dc {DC}>"
        f"<dc:title>On small things, part {number}</dc:title><dc:creator>Adams, Ada</dc:creator>"
        f"<dc:language>en</dc:language><dc:date>2024-01-0{number}</dc:date><dc:type>article</dc:type>{doi}"
        f"<dc:identifier>http://127.0.0.1/article/view/{number}</dc:identifier>"
        f"<dc:source>Journal of Small Things; Vol. 3 No. 1 (2024); {number}0-{number}9</dc:source>"
        "<dc:source>2049-3630</dc:source></oai_dc:dc></metadata></record>"
    )


def answer(request: Request) -> bytes:
    query = request.query
    verb, start = query.get("verb"), int(query.get("resumptionToken", "1"))
    if verb == "ListRecords" and query.get("metadataPrefix", "oai_dc") == "oai_dc":
        if "from" in query:
            return reply(error("noRecordsMatch"))
        token = '<resumptionToken completeListSize="4">3</resumptionToken>' if start == 1 else ""
        return reply(envelope(f"<ListRecords>{article(start)}{article(start + 1)}{token}</ListRecords>"))
    known = {"Identify": IDENTIFY, "ListMetadataFormats": FORMATS, "ListSets": SETS}
    return reply(envelope(known[verb]) if verb in known else error("cannotDisseminateFormat"))


def serving() -> Server:
    return Server(answer)
