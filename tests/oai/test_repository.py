"""What a repository says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.errors import ProtocolError
from harvester.model import Format, Identity, SetInfo
from harvester.oai import pages, repository
from tests.providers.server import envelope, error

IDENTIFY = """<Identify><repositoryName> Bees &amp; Wasps </repositoryName><baseURL>http://x/oai</baseURL>
<protocolVersion>2.0</protocolVersion><adminEmail>a@example.org</adminEmail><adminEmail>b@example.org</adminEmail>
<earliestDatestamp>2001-01-01</earliestDatestamp><deletedRecord>transient</deletedRecord>
<granularity>yyyy-mm-ddThh:MM:ssZ</granularity>
<description><toolkit xmlns="http://oai.dlib.vt.edu/OAI/metadata/toolkit"><title>Open Journal Systems</title>
<author><name>x</name></author><version>3.4.0.10</version></toolkit></description></Identify>"""


def document(content: str) -> pages.Document:
    return pages.read(envelope(content).encode())


def test_identify():
    assert repository.identity(document(IDENTIFY)) == Identity(
        repository="Bees & Wasps",
        base_url="http://x/oai",
        earliest="2001-01-01",
        deleted_record="transient",
        granularity="second",
        response_date="2026-02-03T04:05:06Z",
        emails=("a@example.org", "b@example.org"),
        software="Open Journal Systems 3.4.0.10",
    )


@pytest.mark.parametrize("said", ["YYYY-MM-DD", "", "YYYY-MM-DDThh:mmZ", "days"])
def test_any_other_granularity_is_by_day(said):
    found = repository.identity(document(f"<Identify><granularity>{said}</granularity></Identify>"))
    assert found.granularity == "day"
    assert (found.earliest, found.software, found.emails) == ("", None, ())


def test_formats():
    rest = "<schema>s</schema><metadataNamespace>n</metadataNamespace></metadataFormat>"
    prefixes = ("oai_dc", "", "jats")
    rows = "".join(f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix>{rest}" for prefix in prefixes)
    found = repository.formats(document(f"<ListMetadataFormats>{rows}</ListMetadataFormats>"))
    assert found == (Format("oai_dc", "s", "n"), Format("jats", "s", "n"))


def test_sets():
    rows = "<set><setSpec>a:b</setSpec><setName>A</setName></set><set><setSpec>c</setSpec></set><set/>"
    assert repository.sets(document(f"<ListSets>{rows}</ListSets>")) == (SetInfo("a:b", "A"), SetInfo("c"))


def test_none_of_them():
    assert repository.sets(pages.read(error("noSetHierarchy").encode())) == ()
    assert repository.formats(pages.read(error("noMetadataFormats").encode())) == ()


def test_other_errors_are_errors():
    with pytest.raises(ProtocolError):
        repository.sets(pages.read(error("badArgument").encode()))
    with pytest.raises(ProtocolError):
        repository.formats(pages.read(error("idDoesNotExist").encode()))


def test_recorded_providers(shared: Path):
    names = {}
    for folder in sorted((shared / "data" / "recorded").iterdir()):
        found = repository.identity(pages.read((folder / "Identify.xml").read_bytes()))
        names[folder.name.split("-")[0]] = found.software
        formats = repository.formats(pages.read((folder / "ListMetadataFormats.xml").read_bytes()))
        offered = {"oai_dc"} if folder.name == "catmandu" else {"oai_dc", "jats"}
        assert offered <= {row.prefix for row in formats}
        assert found.granularity == "second"
    assert names["ojs34"] == "Open Journal Systems 3.4.0.10"
