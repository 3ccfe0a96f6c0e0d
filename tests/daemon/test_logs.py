from __future__ import annotations

import json
import logging
import subprocess
import sys

from harvester.daemon.logs import AsJson, AsText
from harvester.system.logcontext import log_context

RECORD = logging.LogRecord("harvester.daemon", logging.WARNING, "x.py", 1, "page %d is late", (7,), None)
RECORD.created = 1795520066.5


def test_text_says_when_and_about_what():
    with log_context(source="reeds"), log_context(run=7):
        assert AsText().format(RECORD) == "2026-11-24 11:34:26Z WARNING source=reeds run=7 page 7 is late"
    assert AsText().format(RECORD) == "2026-11-24 11:34:26Z WARNING page 7 is late"


def test_json_is_one_object_a_line():
    with log_context(source="reeds", run=7):
        line = AsJson().format(RECORD)
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-11-24T11:34:26.500Z",
        "level": "warning",
        "logger": "harvester.daemon",
        "source": "reeds",
        "run": 7,
        "message": "page 7 is late",
    }


def test_a_trace_stays_in_its_line():
    try:
        raise ValueError("no")
    except ValueError as error:
        record = logging.LogRecord(
            "h", logging.ERROR, "x.py", 1, "broken", (), (ValueError, error, error.__traceback__)
        )
    assert "ValueError: no" in json.loads(AsJson().format(record))["trace"]
    assert "ValueError: no" in AsText().format(record)


def test_what_a_job_failed_of_is_said_in_our_words_only():
    """APScheduler would print a trace of two pages for a full disk."""
    code = (
        "import logging\nfrom harvester.daemon.logs import set_up\nset_up('text', logging.INFO)\n"
        "logging.getLogger('apscheduler.executors.default').error('Job raised an exception')\n"
        "logging.getLogger('harvester.daemon').error('the disk is full')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [line[21:] for line in done.stderr.splitlines()] == ["ERROR the disk is full"]
