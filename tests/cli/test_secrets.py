"""No secret appears in a log, an error, the output or the store, whatever the provider does with it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from harvester import pipeline
from harvester.config import load
from harvester.standin import Account, Knobs
from harvester.standin.knobs import Fault
from tests import forked
from tests.cli.quick import program
from tests.providers import small_journal
from tests.providers.server import Answer, Request, Server, envelope, error, redirect, reply
from tests.standin.running import Running

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PASSWORD, KEY, FILED, HOOK = "päss/w0rd-7f3a", "key-81c2e9", "filed-55d0b4", "hook-0b2c61"
BASIC = b64encode(f"jane:{PASSWORD}".encode()).decode()
SECRETS = (PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""), KEY, FILED, HOOK, BASIC)
ENVIRONMENT = {"OAI_PASSWORD": PASSWORD, "OAI_KEY": KEY, "HOOK": "{hook}/" + HOOK}
CONFIG = """
[alerts]
webhook_url_env = "HOOK"

[defaults]
formats = ["oai_dc"]
allow_private = true
retries = 0
schedule = "* * * * *"
username = "jane"
password_env = "OAI_PASSWORD"
headers_env = {{ X-Api-Key = "OAI_KEY" }}
headers_file = {{ X-Other-Key = "key.txt" }}

[sources.small]
url = "{url}"
"""
ECHO = f"you sent {PASSWORD} {quote(PASSWORD, safe='')} as {BASIC} with {KEY} and {FILED}"


def has_secrets(request: Request) -> bool:
    """Whether the request has all secrets that it should have."""
    sent = request.headers
    return (sent.get("Authorization"), sent.get("X-Api-Key"), sent.get("X-Other-Key")) == (f"Basic {BASIC}", KEY, FILED)


class EchoingProvider:
    """A provider that repeats the secrets of a request in every possible way before it answers correctly."""

    def __init__(self, elsewhere: str) -> None:
        self.elsewhere = elsewhere
        self.good = False
        self.begin()

    def begin(self) -> None:
        self.answers: list[bytes | Answer] = [
            reply(ECHO, 403),
            reply(ECHO, 503, Retry_After="0"),
            reply(f"<html><body>{ECHO}</body></html>"),
            reply(ECHO),
            reply(error("badArgument", ECHO)),
            reply(error(f"wrong {KEY}", ECHO)),
            reply(envelope(f"<{KEY}/>")),
            reply(f"<answer><{KEY}/></answer>"),
            reply(envelope(f"<Identify><repositoryName>{ECHO} &nope;</repositoryName>")),
            redirect(f"ftp://{KEY}@127.0.0.1/"),
            redirect(f"http://{KEY}.invalid/oai?verb=Identify"),
            redirect(f"{self.elsewhere}?verb=Identify"),
            Answer(b"", close=True),
        ]

    def __call__(self, request: Request) -> bytes | Answer:
        if self.answers:
            return self.answers.pop(0)
        self.good = True
        return small_journal.answer(request) if has_secrets(request) else reply("who are you?", 401)


# The program, which reports a first failure at once.
class Recorder:
    """Runs the program and keeps all its output."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, os.environ | environment | {"PYTHONPATH": str(ROOT)}
        self.outputs: dict[str, bytes] = {}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        code = "import sys; from tests.cli.quick import program; program(sys.argv[1:])"
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run(self, *arguments: str) -> int:
        output = self.folder.parent / "output.txt"
        done = forked.run(program, list(arguments), output=output, folder=self.folder, environment=self.environment)
        self._keep(done.output, *arguments)
        return done.code

    def keep(self, process: subprocess.Popen[bytes], *arguments: str) -> None:
        output, _ = process.communicate(timeout=60)
        self._keep(output, *arguments)

    def _keep(self, output: bytes, *arguments: str) -> None:
        name = " ".join(arguments)
        self.outputs[name] = self.outputs.get(name, b"") + output


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[EchoingProvider, Server, Server]]:
    (tmp_path / "key.txt").write_text(f"{FILED}\n")
    with Server([reply("nothing here", 404)]) as other:
        provider = EchoingProvider(other.url)
        with Server(provider) as server:
            (tmp_path / "config.toml").write_text(CONFIG.format(url=server.url))
            yield provider, server, other


def leaks(output: bytes) -> list[str]:
    return [secret for secret in SECRETS if secret.encode() in output]


def in_store(folder: Path) -> list[str]:
    """The secrets in the store: in its bytes and in its compressed payloads."""
    found = [secret for path in folder.glob("harvester.sqlite*") for secret in leaks(path.read_bytes())]
    with pipeline.opened(load(folder / "config.toml")) as store:
        for source in load(folder / "config.toml").sources:
            for identifier in store.articles.identifiers(source):
                found += [
                    secret for _, raw in store.records.raw(source, identifier) for secret in leaks(raw.payload or b"")
                ]
        found += [
            secret
            for run in store.runs.latest(100)
            for one in store.records.rejected(run.id)
            for secret in leaks(one.payload)
        ]
    return found


def test_no_secret_is_ever_shown_or_stored(tmp_path: Path, servers: tuple[EchoingProvider, Server, Server]):
    provider, server, other = servers
    recorder = Recorder(tmp_path, {name: value.format(hook=other.url) for name, value in ENVIRONMENT.items()})
    config = tmp_path / "config.toml"
    more = "".join(f'[sources.small{number}]\nurl = "{server.url}"\n' for number in range(len(provider.answers)))
    config.write_text(config.read_text() + more)
    for command in (("-v", "--log-format", "json", "harvest"), ("harvest", "--json")):
        provider.begin()
        while provider.answers:
            recorder.run(*command)
    assert recorder.run("-v", "harvest") == 0
    for rest in ("source test small -v", "status --json", "runs --json", "source list --json", "config check -v"):
        recorder.run(*rest.split())
    assert provider.good
    assert all(has_secrets(request) for request in server.requests)
    assert not any(has_secrets(request) or "Authorization" in request.headers for request in other.requests)
    assert {name: found for name, output in recorder.outputs.items() if (found := leaks(output))} == {}
    assert in_store(tmp_path) == []


@pytest.mark.parametrize("form", ["text", "json"])
def test_verbose_daemon_logs_no_secret(tmp_path: Path, servers: tuple[EchoingProvider, Server, Server], form: str):
    """The provider refuses requests, and so does the webhook, whose URL is a secret."""
    provider, _, other = servers
    provider.answers = [reply(ECHO, 403)] * 1000
    recorder = Recorder(tmp_path, {name: value.format(hook=other.url) for name, value in ENVIRONMENT.items()})
    command = ("-v", "--log-format", form, "daemon")
    process = recorder.start(*command)
    until = time.monotonic() + 30
    while not other.requests and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    recorder.keep(process, *command)
    assert {request.target for request in other.requests} == {f"/oai/{HOOK}"}
    assert leaks(recorder.outputs[" ".join(command)]) == []
    assert in_store(tmp_path) == []


def test_secret_in_a_url_is_not_shown(tmp_path: Path, servers: tuple[EchoingProvider, Server, Server]):
    _, server, _ = servers
    recorder = Recorder(tmp_path, {})
    address = server.url.replace("://", f"://jane:{quote(PASSWORD, safe='')}@")
    assert recorder.run("source", "probe", address) == 2
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace(server.url, address))
    assert recorder.run("config", "check") == 2
    assert [found for output in recorder.outputs.values() if (found := leaks(output))] == []
    assert all(b"must not hold a user name or password" in output for output in recorder.outputs.values())


@pytest.mark.parametrize("address", ["http://jane:{}@[::1/oai", "http://jane:{}/x@127.0.0.1/oai", "ftp://jane:{}@x/"])
def test_secret_in_an_invalid_url_is_not_shown(tmp_path: Path, address: str):
    recorder = Recorder(tmp_path, {})
    assert recorder.run("source", "probe", address.format(HOOK)) == 2
    assert [leaks(output) for output in recorder.outputs.values()] == [[]]


# ------------------------------------------------------------------------------------------- deposits

DEPOSITOR = "dep&sit <päss/w0rd>+ 2e9b"
DEPOSIT_FORMS = {DEPOSITOR, quote(DEPOSITOR), quote(DEPOSITOR, safe=""), quote_plus(DEPOSITOR), escape(DEPOSITOR)}
DEPOSITS = """[crossref]
deposit = "live"
login = "demo"
password_env = "DEPOSIT_PASSWORD"
deposit_url = "{root}"
api_url = "{root}"
pace = 0.00001
"""


@pytest.fixture
def depositing(tmp_path: Path) -> Iterator[Recorder]:
    with small_journal.serving() as server:
        (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
        recorder = Recorder(tmp_path, {"DEPOSIT_PASSWORD": DEPOSITOR})
        assert recorder.run("harvest") == 0
        yield recorder


def send_to(recorder: Recorder, root: str) -> None:
    path = recorder.folder / "config.toml"
    text = small_journal.CONFIG.format(url=re.findall('url = "(.*?)"', path.read_text())[-1])
    path.write_text(text.replace("[crossref]\n", DEPOSITS.format(root=root)))


def password_leaks(recorder: Recorder) -> dict[str, list[str]]:
    """Where the password of deposits is: in the output of a command, in the store, its logs, or a file."""
    places = dict(recorder.outputs)
    places |= {str(path): path.read_bytes() for path in recorder.folder.rglob("*") if path.is_file()}
    with pipeline.opened(load(recorder.folder / "config.toml")) as store:
        for file in store.submissions.all("crossref", "live"):
            for log in store.submissions.logs(file.batch_id, "live"):
                places[f"log of {file.batch_id}"] = log.raw
            places[f"answer about {file.batch_id}"] = file.answer.encode()
    return {
        name: found
        for name, text in places.items()
        if (found := [form for form in DEPOSIT_FORMS if form.encode() in text])
    }


def test_password_of_deposits_is_only_in_the_body_of_requests(depositing: Recorder, crossref_standin: Running):
    """Every fault of the stand-in comes once, and then a person has everything sent again."""
    state = crossref_standin.state
    crossref_standin.clock.now = datetime.now(UTC)
    state.add_account(Account(login="demo", password=DEPOSITOR, prefixes=("10.12345",)))
    state.knobs = Knobs.immediate()
    send_to(depositing, crossref_standin.root)
    for fault in Fault:
        state.knobs.deposit_faults = [fault]
        depositing.run("-v", "--log-format", "json", "deposit")
    state.knobs.deposit_faults = []
    depositing.run("deposits", "retry", *(f"10.12345/small.{number}" for number in (1, 2, 3)))
    process = depositing.start("-v", "deposit", "--wait", "1")
    arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    depositing.keep(process, "-v", "deposit", "--wait", "1")
    for rest in ("deposits --json", "status --json", "report --json", "doctor", "metrics", "config check -v"):
        depositing.run(*rest.split())
    assert state.submissions
    assert {form for form in DEPOSIT_FORMS if form.encode() in arguments} == set()
    assert state.credentials_in_query == 0
    assert not [
        seen for seen in state.requests if any(quote(form) in seen.path or form in seen.path for form in DEPOSIT_FORMS)
    ]
    assert password_leaks(depositing) == {}


@pytest.mark.parametrize("status", [200, 401, 500])
def test_password_that_an_answer_repeats_is_not_shown(depositing: Recorder, status: int):
    form = " ".join(sorted(DEPOSIT_FORMS))
    page = (
        f"<html><head><title>FAILURE</title></head><body><h2>FAILURE</h2><p>Wrong credentials: {form}</p></body></html>"
    )
    with Server(lambda _: reply(page, status, Content_Type="text/html")) as server:
        send_to(depositing, server.url.removesuffix("/oai"))
        depositing.run("-v", "deposit")
        depositing.run("deposits", "--json")
        assert server.requests
        assert password_leaks(depositing) == {}
