"""Errors of runs and reasons of rejections, as faults of providers bring them, are said in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import load
from harvester.web import parts
from harvester.web.languages.catalogue import language
from harvester.web.languages.document import translated
from tests.chaos.case import Case
from tests.chaos.cases import CASES
from tests.chaos.harvesting import bench
from tests.chaos.test_rehearsal import BEFORE_THE_PLAN, WAITING
from tests.harvesting.simulation import Simulation
from tests.providers.in_memory import URL
from tests.providers.truth import Broken
from tests.web.languages.test_catalogue import OTHERS

EVERY = 9  # cases: all of them take a minute and a half
SOME = [case for case in CASES if case.name not in WAITING | BEFORE_THE_PLAN][::EVERY]


@pytest.mark.slow
@pytest.mark.parametrize("case", SOME, ids=lambda case: case.name)
def test_what_a_harvest_says_has_words(case: Case, tmp_path: Path):
    truth, fault = case.setting()
    made = bench(tmp_path, URL, settings=case.settings)
    simulation = Simulation(Broken(truth, fault), load(made.path).sources["journal"])
    said = [simulation.harvest().error, *(one.reason for one in simulation.store.rejections)]
    shown = [str(parts.prose(sentence)) for sentence in said if sentence]
    for code in OTHERS:
        assert [one for one in shown if 'lang="en"' in translated(one, language(code))] == []
