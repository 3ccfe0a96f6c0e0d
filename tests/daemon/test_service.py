"""The daemon as a process, against providers on loopback, with real signals and a real notify socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harvester import pipeline
from harvester.config import load
from harvester.daemon.web import get
from harvester.errors import HarvesterError
from harvester.store import Run
from tests.daemon.conftest import text_of
from tests.providers import small_journal
from tests.providers.server import Answer, Request, Server

pytestmark = pytest.mark.slow

# Seconds: what takes longer has failed. Machines are under load, so neither is near what it takes.
TIMEOUT = 60.0
HANG = 40.0
# A first failure is reported at once.
DAEMON = """
from datetime import timedelta
from harvester.cli import main
from harvester.daemon import alerts
alerts.FIRST_FAILURE = timedelta(0)
main(["daemon"])
"""


class Running:
    """A daemon process in a folder, with its log and its notifications to systemd."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notified: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._socket.setblocking(False)
        self._log = (folder / "log").open("w")
        environment = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "1000000"}
        environment.pop("WATCHDOG_PID", None)
        self.process = subprocess.Popen([sys.executable, "-c", DAEMON], cwd=folder, stderr=self._log, env=environment)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def runs(self) -> tuple[Run, ...]:
        with pipeline.opened(load(self.folder / "config.toml")) as store:
            return store.runs.latest()

    def until(self, happened: Callable[[], object]) -> None:
        end = time.monotonic() + TIMEOUT
        while not happened():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, self.log
            time.sleep(0.05)

    def has_notified(self, state: str) -> bool:
        try:
            while True:
                self.notified.append(self._socket.recv(200).decode())
        except BlockingIOError:
            return any(notified.startswith(state) for notified in self.notified)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._log.close()
        self._socket.close()
        (self.folder / "notify").unlink()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    started: list[Running] = []

    def start() -> Running:
        if started:
            started[-1].close()
        started.append(Running(tmp_path))
        started[-1].until(lambda: started[-1].has_notified("READY=1"))
        return started[-1]

    yield start
    started[-1].close()


def write(folder: Path, sources: dict[str, str], more: str = "", schedule: str = "@yearly") -> None:
    (folder / "config.toml").write_text(text_of(sources, schedule, more))


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    with small_journal.serving() as server:
        yield server


def test_daemon_catches_up_once_and_stops_on_sigterm(tmp_path: Path, daemon, small: Server):
    write(tmp_path, {"reeds": small.url})
    one = daemon()
    one.until(lambda: any(run.state == "complete" for run in one.runs))
    one.until(lambda: one.has_notified("WATCHDOG=1"))
    assert one.end() == 0
    assert one.has_notified("STOPPING=1")
    assert "source=reeds run=1" in one.log
    again = daemon()
    again.until(lambda: again.has_notified("WATCHDOG=1"))
    again.end()
    assert len(again.runs) == 1


def test_sigterm_right_after_the_start_ends_without_a_traceback(tmp_path: Path, daemon):
    write(tmp_path, {f"reeds-{number}": "http://127.0.0.1:9/oai" for number in range(8)}, schedule="* * * * *")
    for _ in range(4):
        one = daemon()
        assert one.end() == 0
        assert "Traceback" not in one.log


def slow(request: Request) -> bytes | Answer:
    """The second page hangs."""
    answer = small_journal.answer(request)
    return Answer(answer, hang=HANG) if "resumptionToken" in request.query else answer


def test_sigterm_stops_a_hanging_harvest_within_seconds(tmp_path: Path, daemon, small: Server):
    with Server(slow) as server:
        write(tmp_path, {"reeds": server.url})
        one = daemon()
        one.until(lambda: any("resumptionToken" in query for query in server.queries))
        began = time.monotonic()
        assert one.end() == 0
        assert time.monotonic() - began < HANG / 2
        (run,) = one.runs
        assert (run.state, run.interrupted) == ("incomplete", True)
    write(tmp_path, {"reeds": server.url.replace(str(server.port), str(small.port))})


def test_sigterm_interrupts_the_wait_before_a_retry(tmp_path: Path, daemon):
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 200\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with Server([busy]) as server:
        (tmp_path / "config.toml").write_text(text_of({"reeds": server.url}, "@yearly").replace("retries = 0", ""))
        one = daemon()
        one.until(lambda: server.requests)
        time.sleep(0.3)
        assert one.end() == 0  # within TIMEOUT


def test_run_of_a_killed_daemon_is_recognised_and_resumed(tmp_path: Path, daemon):
    hanging = [True]

    def answer(request: Request) -> bytes | Answer:
        return slow(request) if hanging[0] else small_journal.answer(request)

    with Server(answer) as server:
        write(tmp_path, {"reeds": server.url})
        one = daemon()
        one.until(lambda: any("resumptionToken" in query for query in server.queries))
        one.end(signal.SIGKILL)
        assert [run.state for run in one.runs] == ["running"]
        hanging[0] = False
        two = daemon()
        two.until(lambda: two.runs[0].state == "complete")
        two.end()
        assert "the program ended in the middle of this run" in two.log
        assert [(run.state, run.counts.new) for run in two.runs] == [("complete", 4)]


def test_sighup_loads_the_configuration_or_reports_its_problems(tmp_path: Path, daemon, small: Server):
    write(tmp_path, {"reeds": small.url})
    one = daemon()
    (tmp_path / "config.toml").write_text("[sources.x]\nurl = 7\n")
    one.process.send_signal(signal.SIGHUP)
    one.until(lambda: "the configuration stays as it was" in one.log)
    assert "config.toml:2: sources.x.url" in one.log
    write(tmp_path, {"reeds": small.url, "fens": small.url})
    one.process.send_signal(signal.SIGHUP)
    one.until(lambda: {run.source for run in one.runs if run.state == "complete"} == {"reeds", "fens"})
    assert one.has_notified("RELOADING=1")
    assert one.end(signal.SIGINT) == 0


def test_second_daemon_for_a_configuration_is_refused(tmp_path: Path, daemon, small: Server):
    write(tmp_path, {"reeds": small.url})
    daemon()
    second = subprocess.run(
        [sys.executable, "-m", "harvester", "daemon"], cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert second.returncode == 75
    assert "the daemon" in second.stderr


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def test_probes_and_metrics(tmp_path: Path, daemon, small: Server):
    listen = f"127.0.0.1:{free_port()}"
    write(tmp_path, {"reeds": small.url}, more=f'[daemon]\nlisten = "{listen}"')
    one = daemon()
    assert get(listen, "/healthz") == (200, "ok")
    assert get(listen, "/readyz") == (200, "ok")
    assert get(listen, "/")[0] == 404
    one.until(lambda: 'harvester_articles{source="reeds",state="held_back"} 4.0' in get(listen, "/metrics")[1])
    one.end()
    with pytest.raises(HarvesterError, match="No daemon answers"):
        get(listen, "/healthz")


def test_page_is_served(tmp_path: Path, daemon, small: Server):
    listen = f"127.0.0.1:{free_port()}"
    write(tmp_path, {"reeds": small.url}, more=f'[web]\nlisten = "{listen}"')
    one = daemon()
    one.until(lambda: "complete" in get(listen, "/runs")[1])
    assert get(listen, "/")[0] == 200
    assert f"the web page is at http://{listen}/" in one.log
    one.end()
    with pytest.raises(HarvesterError, match="No daemon answers"):
        get(listen, "/")


def test_failing_source_is_reported_and_the_others_continue(tmp_path: Path, daemon, small: Server):
    write(tmp_path, {"dead": f"http://127.0.0.1:{free_port()}/oai", "reeds": small.url})
    one = daemon()
    one.until(lambda: {run.state for run in one.runs} == {"failed", "complete"} and "needs a person" in one.log)
    one.end()
    assert "dead: the harvest fails" in one.log


def test_hanging_mail_server_does_not_delay_the_stop_of_the_daemon(tmp_path: Path, daemon):
    """Four sources fail: each job would send a mail, and each would wait half a minute for the mail server."""
    dead = f"http://127.0.0.1:{free_port()}/oai"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(TIMEOUT)
        mail = f'smtp_host = "127.0.0.1"\nsmtp_port = {silent.getsockname()[1]}\nsmtp_security = "none"\n'
        people = 'email_to = ["a@example.org"]\nemail_from = "b@example.org"\n'
        write(tmp_path, dict.fromkeys(("a", "b", "c", "d"), dead), more=f"[alerts]\n{people}{mail}")
        one = daemon()
        with silent.accept()[0]:
            one.until(lambda: len(one.runs) == 4)
            began = time.monotonic()
            assert one.end() == 0
            assert time.monotonic() - began < 20
        assert "before the program was stopped" in one.log
        assert all(f"{name}: the harvest fails" in one.log for name in "abcd")
        again = daemon()
        with silent.accept()[0]:  # nothing is due, but the mail is still to be sent
            assert again.end() == 0
