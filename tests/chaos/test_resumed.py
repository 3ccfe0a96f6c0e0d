"""What a kill in the middle of a harvest must not make it forget."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.model import SetInfo
from tests.chaos.harvesting import bench, differing, harvest, held
from tests.providers.server import Request, reply
from tests.providers.truth import CLOCK, Truth, article, broken, is_list, metadata, name
from tests.workbench import Workbench, watching_pages


class Killed(BaseException):
    """Ends a harvest as a kill does: nothing is tidied up."""


def killed_behind(made: Workbench, pages: int) -> None:
    def kill(_: int) -> None:
        nonlocal pages
        pages -= 1
        if not pages:
            raise Killed

    with pytest.raises(Killed), watching_pages(kill):
        harvest(made)


def test_that_the_list_became_shorter_and_moved_its_rows(tmp_path: Path):
    truth = Truth(23)
    with broken(truth) as (script, server):
        made = bench(tmp_path, server.url)
        made.moment = CLOCK
        killed_behind(made, 2)
        truth.remove(3)  # of the first page: the rows behind it are given one place earlier
        shift = re.compile(rb"completeListSize=\"23\"")

        def short(request: Request, truth: Truth) -> bytes | None:
            if not is_list(request):
                return None
            return reply(shift.sub(b'completeListSize="22"', truth.bytes_of(request)))

        script.fault = short
        killed_behind(made, 1)
        assert harvest(made).state == "complete"
    assert differing(held(made), truth) == {name(3)}  # which `reconcile` finds


def test_which_version_of_a_record_in_two_sets_is_the_newer(tmp_path: Path):
    """The one set has it as it is, the other as it was."""
    sets = (SetInfo("a", "New"), SetInfo("b", "Old"))
    new = article(3, " (revised)", datestamp=CLOCK - timedelta(days=1), sets=("a", "b"))
    truth = Truth([article(number, sets=("a", "b")) if number != 3 else new for number in range(9)], sets=sets)
    stamp = f"{article(3).datestamp.isoformat()[:19]}Z".encode()

    def fault(request: Request, truth: Truth) -> bytes | None:
        if not is_list(request) or "b" not in (request.query.get("set"), _set_of(request)):
            return None
        page = truth.bytes_of(request).replace(new.metadata["oai_dc"], metadata(3))
        return reply(page.replace(f"{new.datestamp.isoformat()[:19]}Z".encode(), stamp))

    with broken(truth, fault) as (_, server):
        made = bench(tmp_path, server.url, settings='sets = ["a", "b"]\n')
        made.moment = CLOCK
        killed_behind(made, 2)
        run = harvest(made)
        assert (run.state, run.new, run.changed, run.unchanged) == ("complete", 9, 0, 0)
    assert differing(held(made), truth) == set()


def _set_of(request: Request) -> str | None:
    """The set that a token of the demo repository was given for."""
    from base64 import urlsafe_b64decode
    from json import loads

    token = request.query.get("resumptionToken")
    return token and str(loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))[1][1])
