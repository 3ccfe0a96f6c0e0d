"""Sets."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from harvester.model import SetInfo
from tests.chaos.case import Setting, case
from tests.providers.server import Request, error, reply
from tests.providers.truth import CLOCK, Truth, article


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


@case(
    "A set is renamed after the first harvest", "a note that names the sets, once a day; it needs a person", 44,
    settings='sets = ["river:ART"]\n', later=lambda truth: rename(truth),
    later_said="no set river:ART any more; its sets are now river:RES", corrected='sets = ["river:RES"]\n',
)  # fmt: skip
def set_renamed() -> Setting:
    """OJS makes setSpecs of abbreviations of sections; the protocol has no error for an unknown one."""
    return Truth(sets=(SetInfo("river:ART", "Articles"),)), lambda request, _: None


@case(
    "One of several sets is renamed, and another set is new", "the note names the one that looks like it", 44,
    settings='sets = ["river:ART", "river:REV"]\n', later=lambda truth: rename(truth, "river:ARTICLES"),
    later_said='if river:ARTICLES is river:ART under a new name, set `sets = ["river:ARTICLES", "river:REV"]`',
    corrected='sets = ["river:ARTICLES", "river:REV"]\n',
)  # fmt: skip
def set_renamed_among_others() -> Setting:
    truth = Truth(sets=(SetInfo("river:ART", "Articles"), SetInfo("river:REV", "Reviews")))
    truth.put(article(29, sets=("river:REV",)))
    return truth, lambda request, _: None


def rename(truth: Truth, new: str = "river:RES") -> None:
    others = [info for info in truth.sets if info.spec != "river:ART"]
    truth.sets = (SetInfo(new, "Articles"), *others, *([SetInfo("river:EDI", "Editorials")] if others else []))
    for record in truth.records:
        if record.sets == ("river:ART",):
            truth.put(replace(record, sets=(new,)))
    truth.put(article(30, sets=(new,), datestamp=CLOCK + timedelta(days=1)))


@case(
    "Lists are empty unless they name a set",
    "a note that names the sets; everything is requested until something came",
    44,
    said="lists no record at all, and never did; it has the sets river:ART",
    corrected='sets = ["river:ART"]\n',
)
def set_required() -> Setting:
    def fault(request: Request, truth: Truth) -> bytes | None:
        lists = request.query.get("verb") in ("ListRecords", "ListIdentifiers")
        is_bare = "set" not in request.query and "resumptionToken" not in request.query
        return reply(error("noRecordsMatch")) if lists and is_bare else None

    return Truth(sets=(SetInfo("river:ART", "Articles"),)), fault


@case("`set=` without a value is an error", "empty arguments are left out", 45)
def empty_set_refused() -> Setting:
    return Truth(), lambda request, _: reply(error("badArgument")) if "set=" in request.target else None


@case("setSpec has reserved characters", "percent-encoded once", 46, settings='sets = ["a+b:c&d=e/é"]\n')
def reserved_set() -> Setting:
    spec = "a+b:c&d=e/é"
    records = [article(number, sets=(spec,)) for number in range(23)]
    return Truth(records, sets=(SetInfo(spec, "All"),)), lambda request, _: None
