from harvester.model import Window
from harvester.store import Run, RunWindow
from harvester.store.run_structs import Counts
from tests.store.samples import NOW


def run(*sets):
    windows = tuple(RunWindow(id=number, window=Window(prefix="a", set_spec=one)) for number, one in enumerate(sets))
    return Run(
        id=1,
        source="a",
        prefix="a",
        kind="full",
        state="complete",
        started=NOW,
        finished=NOW,
        response_date=None,
        error=None,
        pages=0,
        counts=Counts(),
        windows=windows,
    )


def test_sets_of_a_run_keep_their_order_each_once():
    assert run("b", "a", "b").sets == ("b", "a")
    assert run(None).sets == ()
    assert run().sets == ()
