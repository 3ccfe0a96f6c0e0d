from __future__ import annotations

from pathlib import Path

from harvester.demo.run import Deposited, HeldBackSummary, Part, Summary
from harvester.demo.summary import deposited, ending, lines
from harvester.reports import RunReport

RUNS = (
    RunReport(source="journals", format="jats", state="complete", new=33, deleted=3),
    RunReport(source="archive", format="oai_dc", state="failed", error="no answer; try later"),
)


def test_summary_of_a_first_run() -> None:
    parts = (Part("Bees", "3", "1", 2), Part("Wasps", None, None, 1))
    summary = Summary(
        config="/d/config.toml",
        provider="http://127.0.0.1:1",
        runs=RUNS,
        files=(Deposited(path="/d/exports/x.xml", records=3, bytes=12345, parts=parts),),
        held=(
            HeldBackSummary(
                source="journals", record="oai:1", doi=None, sentences=("It has no title.", "It has no DOI.")
            ),
        ),
        unchanged=0,
    )
    assert list(lines(summary)) == [
        "Harvested from http://127.0.0.1:1",
        "  journals in jats: 33 new, 3 deleted",
        "  archive in oai_dc: nothing new; failed: no answer; try later",
        "",
        "Exported",
        "  /d/exports/x.xml: 3 articles, 12 kB",
        "    Bees, volume 3, issue 1: 2 articles",
        "    Wasps: 1 article",
        "",
        "Held back (1)",
    ]
    assert ending(summary, ".venv/bin/harvester") == (
        "Run it again: it requests only what is new, and sends nothing twice. For more:\n"
        "  .venv/bin/harvester --config /d/config.toml check\n"
        "For the same in a browser:\n"
        "  .venv/bin/harvester --config /d/config.toml serve"
    )


def test_paths_of_files_are_relative_to_the_working_folder() -> None:
    """Next to the folder of the demonstration there may be another one called exports."""
    path = Path("demo/exports/x.xml").absolute()
    file = Deposited(path=str(path), records=1, bytes=1000, parts=())
    summary = Summary(config="demo/config.toml", provider="p", runs=(), files=(file,), held=(), unchanged=0)
    assert "  demo/exports/x.xml: 1 article, 1 kB" in lines(summary)


def test_summary_of_a_second_run() -> None:
    runs = (RunReport(source="journals", format="jats", state="complete", unchanged=2),)
    summary = Summary(config="c", provider="p", runs=runs, files=(), held=(), unchanged=31)
    assert list(lines(summary))[1:] == [
        "  journals in jats: nothing new",
        "",
        "Exported nothing: 31 articles unchanged since the last files",
        "",
        "Held back: nothing",
    ]
    assert ending(summary, "harvester") == "Nothing new since the last run, so nothing was exported or sent."
    assert list(deposited(summary)) == [
        "Sent nothing: no file is new",
        "The stand-in of Crossref forgets everything between runs. This is known from earlier runs:",
    ]


def test_a_run_that_only_sends_is_not_without_news() -> None:
    """The run before was stopped between export and deposit."""
    summary = Summary(config="c", provider="p", runs=(), files=(), held=(), unchanged=31, sent=1)
    assert not summary.nothing_new
    assert list(deposited(summary)) == [
        "Sent 1 file to a stand-in of Crossref on this machine, and read the results",
        "It is not Crossref: nothing is registered anywhere.",
    ]


def test_results_that_a_stopped_run_did_not_read_are_lost() -> None:
    states = {"registered": 1, "waiting": 29, "uncertain": 1}
    summary = Summary(config="demo/config.toml", provider="p", runs=(), files=(), held=(), unchanged=31, states=states)
    assert ending(summary, "harvester") == (
        "30 DOIs without a result: a run was stopped before it was read, and the stand-in has forgotten the files.\n"
        "To start again, delete the folder demo."
    )
