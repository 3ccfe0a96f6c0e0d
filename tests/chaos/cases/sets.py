"""Sets."""

from __future__ import annotations

from harvester.model import SetInfo
from tests.chaos.case import Setting, case
from tests.providers.server import Request, error, reply
from tests.providers.truth import (
    Truth,
    article,
)


@case(
    "A set is gone: noRecordsMatch", "a warning; the other sets are harvested", 44,
    settings='sets = ["river:ART", "river:OLD"]\n', said="no set river:OLD any more",
)  # fmt: skip
def set_gone() -> Setting:
    return Truth(sets=(SetInfo("river:ART", "Articles"),)), lambda request, _: None


@case(
    "A set is gone: badArgument", "a warning; the other sets are harvested", 44,
    settings='sets = ["river:ART", "river:OLD"]\n', said="no set river:OLD any more",
)  # fmt: skip
def set_refused() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        return reply(error("badArgument")) if request.query.get("set") == "river:OLD" else None

    return Truth(sets=(SetInfo("river:ART", "Articles"),)), fault


@case("`set=` without a value is an error", "empty arguments are left out", 45)
def empty_set_refused() -> Setting:
    return Truth(), lambda request, _: reply(error("badArgument")) if "set=" in request.target else None


@case("setSpec has reserved characters", "percent-encoded once", 46, settings='sets = ["a+b:c&d=e/é"]\n')
def reserved_set() -> Setting:
    spec = "a+b:c&d=e/é"
    records = [article(number, sets=(spec,)) for number in range(23)]
    return Truth(records, sets=(SetInfo(spec, "All"),)), lambda request, _: None
