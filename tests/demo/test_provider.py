"""The provider over HTTP, with Sickle and with requests."""

from __future__ import annotations

import socket
import time

import pytest
import requests
from sickle import Sickle, oaiexceptions

from harvester.demo.provider import Repository, serve

LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def test_sickle_uses_every_verb(repository: Repository) -> None:
    with serve(repository) as server:
        client = Sickle(server.url)
        assert client.Identify().granularity == "YYYY-MM-DDThh:mm:ssZ"
        assert [one.metadataPrefix for one in client.ListMetadataFormats()] == ["oai_dc", "jats"]
        assert [one.setSpec for one in client.ListSets()] == ["bees", "bees:honey", "wasps"]
        records = list(client.ListRecords(metadataPrefix="oai_dc"))
        assert [one.header.identifier for one in records] == [one.identifier for one in repository.records]
        assert [one.header.deleted for one in records].count(True) == 1
        headers = list(client.ListIdentifiers(metadataPrefix="jats", set="bees"))
        assert [one.identifier[-1] for one in headers] == list("13579")
        one = client.GetRecord(metadataPrefix="jats", identifier="oai:test.example.org:1")
        assert one.header.setSpecs == ["bees:honey"]
        assert server.requests == 3 + 3 + 2 + 1


@pytest.mark.parametrize(
    ("verb", "arguments", "raised"),
    [
        ("ListRecords", {"metadataPrefix": "oai_dc", "from": "x"}, oaiexceptions.BadArgument),
        ("ListRecords", {"metadataPrefix": "mods"}, oaiexceptions.CannotDisseminateFormat),
        ("ListRecords", {"metadataPrefix": "oai_dc", "from": "2030-01-01"}, oaiexceptions.NoRecordsMatch),
        ("ListRecords", {"resumptionToken": "x"}, oaiexceptions.BadResumptionToken),
        ("GetRecord", {"metadataPrefix": "oai_dc", "identifier": "x"}, oaiexceptions.IdDoesNotExist),
        ("ListMetadataFormats", {"identifier": "oai:test.example.org:3"}, oaiexceptions.OAIError),  # it misspells it
    ],
)
def test_sickle_receives_errors(repository: Repository, verb: str, arguments: dict[str, str], raised: type) -> None:
    with serve(repository) as server, pytest.raises(raised):
        getattr(Sickle(server.url), verb)(**arguments)


def test_get_and_post_have_the_same_answer_over_one_connection(repository: Repository) -> None:
    with serve(repository) as server, requests.Session() as session:
        got = session.get(server.url, params=LIST)
        posted = session.post(server.url, data=LIST)
        assert got.status_code == posted.status_code == 200
        assert got.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert got.content == posted.content
        assert got.headers["Content-Encoding"] == "gzip"
        plain = session.get(server.url, params=LIST, headers={"Accept-Encoding": "identity"})
        none = session.get(server.url, params=LIST, headers={"Accept-Encoding": "gzip;q=0, identity"})
        assert not {"Content-Encoding"} & {*plain.headers, *none.headers}
        assert plain.content == none.content == got.content
        head = session.head(server.url, params=LIST)
        assert (head.status_code, head.content) == (200, b"")
        assert server.requests == 5


def test_invalid_requests_are_refused(repository: Repository) -> None:
    with serve(repository) as server:
        assert requests.get(server.root + "/other", params=LIST).status_code == 404
        assert requests.post(server.url, json=LIST).status_code == 415
        assert requests.post(server.url, data={"verb": "x" * 70_000}).status_code == 413
        assert requests.post(server.url, data=iter([b"verb=Identify"])).status_code == 411
        assert requests.put(server.url).status_code == 501


def test_several_repositories_by_path(repository: Repository) -> None:
    other = Repository(name="Other")
    with serve({"/a/oai": repository, "/b/oai": other}) as server:
        assert server.url == f"{server.root}/a/oai"
        answer = requests.get(f"{server.root}/b/oai?verb=Identify").text
        assert f"<repositoryName>Other</repositoryName><baseURL>{server.root}/b/oai</baseURL>" in answer


def test_port_can_be_chosen_and_is_free_afterwards(repository: Repository) -> None:
    with serve(repository) as server, requests.Session() as session:
        port = server.server_address[1]
        session.get(server.url, params=LIST)
        with pytest.raises(OSError, match="in use"), serve(repository, int(port)):
            pass
    with serve(repository, int(port)) as again:
        assert requests.get(again.url, params=LIST).ok


def test_closing_does_not_wait_for_idle_clients(repository: Repository) -> None:
    with serve(repository) as server:
        idle = socket.create_connection(("127.0.0.1", int(server.server_address[1])))
        time.sleep(0.05)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    idle.close()


def test_provider_listens_on_loopback_only(repository: Repository) -> None:
    with serve(repository) as server:
        assert server.socket.getsockname()[0] == "127.0.0.1"


def test_latency_delays_answers(repository: Repository) -> None:
    with serve(repository, latency=0.1) as server:
        started = time.monotonic()
        requests.get(server.url, params=LIST)
        assert time.monotonic() - started >= 0.1
