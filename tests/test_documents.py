"""Runs, windows and sources as JSON objects."""

from msgspec.structs import replace

from harvester.documents import of_run, of_source, of_window
from harvester.model import Window
from harvester.store import Counts, FormatStatus, Run, RunWindow, SourceStatus
from tests.store.samples import NOW

WINDOW = RunWindow(id=7, window=Window(prefix="oai_dc", set_spec="a:ART", since="2024-01-01"), pages=2, seen=9)
RUN = Run(
    id=3,
    source="wetlands",
    prefix="oai_dc",
    kind="full",
    state="complete",
    started=NOW,
    finished=None,
    response_date=None,
    error="why",
    pages=2,
    counts=Counts(new=5, rejected=1),
    windows=(WINDOW,),
)


def test_run_has_its_counts_as_fields():
    assert of_run(RUN) == {
        "id": 3,
        "source": "wetlands",
        "format": "oai_dc",
        "kind": "full",
        "state": "complete",
        "started": NOW,
        "finished": None,
        "response_date": None,
        "error": "why",
        "wait_until": None,
        "interrupted": False,
        "needs_person": False,
        "pages": 2,
        "new": 5,
        "changed": 0,
        "deleted": 0,
        "moved": 0,
        "unchanged": 0,
        "repaired": 0,
        "rejected": 1,
    }


def test_window_names_its_request():
    assert of_window(WINDOW) == {
        "set": "a:ART",
        "since": "2024-01-01",
        "until": None,
        "state": "open",
        "pages": 2,
        "seen": 9,
        "list_size": None,
    }


def test_source_has_the_runs_of_its_formats():
    format = FormatStatus(prefix="jats", live=4, deleted=1, last_run=RUN)
    document = of_source(SourceStatus(source="wetlands", url="u", ready=3, held_back=1, deleted=1, formats=(format,)))
    assert document == {
        "source": "wetlands",
        "url": "u",
        "ready": 3,
        "held_back": 1,
        "deleted": 1,
        "formats": [
            {
                "format": "jats",
                "live": 4,
                "deleted": 1,
                "last_complete": None,
                "last_run": of_run(RUN),
                "last_comparison": None,
            }
        ],
    }
    complete = of_source(SourceStatus(source="w", url="u", formats=(replace(format, last_complete=RUN),)))
    assert complete["formats"][0]["last_complete"] == of_run(RUN)  # type: ignore[index]
