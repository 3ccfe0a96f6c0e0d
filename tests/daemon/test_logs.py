from __future__ import annotations

import json
import logging
import subprocess
import sys

from harvester.daemon.logs import JsonFormatter, TextFormatter
from harvester.system.logcontext import log_context

RECORD = logging.LogRecord("harvester.daemon", logging.WARNING, "x.py", 1, "page %d is late", (7,), None)
RECORD.created = 1795520066.5


def test_text_line_has_time_and_context():
    with log_context(source="reeds"), log_context(run=7):
        assert TextFormatter().format(RECORD) == "2026-11-24 11:34:26Z WARNING source=reeds run=7 page 7 is late"
    assert TextFormatter().format(RECORD) == "2026-11-24 11:34:26Z WARNING page 7 is late"


def test_json_line_is_one_object():
    with log_context(source="reeds", run=7):
        line = JsonFormatter().format(RECORD)
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-11-24T11:34:26.500Z",
        "level": "warning",
        "logger": "harvester.daemon",
        "source": "reeds",
        "run": 7,
        "message": "page 7 is late",
    }


def test_traceback_is_part_of_its_entry():
    try:
        raise ValueError("no")
    except ValueError as error:
        record = logging.LogRecord(
            "h", logging.ERROR, "x.py", 1, "broken", (), (ValueError, error, error.__traceback__)
        )
    assert "ValueError: no" in json.loads(JsonFormatter().format(record))["trace"]
    assert "ValueError: no" in TextFormatter().format(record)


def logged(code: str, *, verbose: bool = False) -> list[str]:
    """The lines that this code logs, without their time, in a process of its own."""
    start = "import logging, warnings\nfrom harvester.daemon.logs import set_up\n"
    code = f"{start}set_up('text', logging.INFO, verbose={verbose})\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [line[21:] for line in done.stderr.splitlines()]


def test_errors_of_apscheduler_are_not_logged_twice():
    """APScheduler would log a traceback of two pages for a full disk."""
    code = (
        "logging.getLogger('apscheduler.executors.default').error('Job raised an exception')\n"
        "logging.getLogger('harvester.daemon').error('the disk is full')"
    )
    assert logged(code) == ["ERROR the disk is full"]


WARNINGS = """
logging.getLogger('urllib3.connectionpool').warning('Connection pool is full')
logging.getLogger('harvester.oai').warning('the list is short')
logging.getLogger('harvesters').info('another program')
warnings.warn('this will be removed', FutureWarning)
logging.getLogger('sqlalchemy.pool').error('Exception terminating connection')
"""


def test_warnings_of_libraries_are_not_logged():
    assert logged(WARNINGS) == ["WARNING the list is short", "ERROR Exception terminating connection"]


def test_warnings_of_libraries_are_logged_on_request():
    lines = logged(WARNINGS, verbose=True)
    assert lines[:2] == ["WARNING Connection pool is full", "WARNING the list is short"]
    assert any("FutureWarning: this will be removed" in line for line in lines)
    assert lines[-1] == "ERROR Exception terminating connection"
