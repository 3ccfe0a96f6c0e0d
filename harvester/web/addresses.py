"""The table of all addresses. A new page is one line here and one module in `pages`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from werkzeug.routing import IntegerConverter, Map, Rule

from harvester.web.kinds import Action, ListPage, Page, Target
from harvester.web.pages import (
    ask,
    asked_for,
    completeness,
    deposit,
    deposits,
    dois,
    findings,
    home,
    login,
    record,
    records,
    runs,
    sources,
)
from harvester.web.pages import help as help_page


class Address(Struct, frozen=True):
    """A path in werkzeug's form, the name by which links are built to it, and what is there."""

    path: str
    name: str
    target: Target


ADDRESSES = (
    Address("/", "home", home.HOME),
    Address("/under-way", "under-way", home.UNDER_WAY),
    Address("/sources", "sources", sources.SOURCES),
    Address("/sources/<name>", "source", sources.SOURCE),
    Address("/help", "help", help_page.HELP),
    Address("/login", "login", login.LOGIN),
    Address("/findings", "findings", findings.FINDINGS),
    Address("/findings/<code>", "finding", findings.FINDING),
    Address("/records", "records", records.RECORDS),
    Address("/record", "record", record.RECORD),
    Address("/record/sent", "record-sent", record.SENT),
    Address("/record/article", "record-article", record.ARTICLE),
    Address("/record/deposit", "record-deposit", record.DEPOSIT),
    Address("/completeness", "completeness", completeness.COMPLETENESS),
    Address("/deposits", "deposits", deposits.FILES),
    Address("/deposits/files.zip", "deposits-zip", deposits.ZIP),
    Address("/deposits/dois", "dois", dois.DOIS),
    Address("/deposits/doi", "doi", dois.DOI),
    Address("/deposits/<id>", "deposit", deposit.FILE),
    Address("/deposits/<id>/file", "deposit-file", deposit.DOWNLOAD),
    Address("/ask/<what>", "ask", ask.ASK),
    Address("/ask/<what>/do", "ask-for", ask.ASK_FOR),
    Address("/asked", "wishes", asked_for.WISHES),
    Address("/asked/<id:id>", "wish", asked_for.WISH),
    Address("/asked/<id:id>/progress", "wish-progress", asked_for.PROGRESS),
    Address("/runs", "runs", runs.RUNS),
    Address("/runs/<id:id>", "run", runs.RUN),
    Address("/runs/<id:id>/progress", "run-progress", runs.PROGRESS),
)
TARGETS = {address.name: address.target for address in ADDRESSES}
# The rules that need neither a store nor a page: `site` answers them itself.
STATIC, LOG_IN, LOG_OUT = "static", "log-in", "log-out"


class _Id(IntegerConverter):
    """The number of a row. Longer ones than SQLite has are not found, and digits of other scripts neither."""

    regex = "[0-9]{1,18}"


def routes() -> Map:
    """Every path, with the forms that it has: the name of the page, of its form `NAME.json`, of its form `NAME.csv`."""
    rules = [rule for address in ADDRESSES for rule in _rules(address)]
    rules.append(Rule("/static/<file>", endpoint=STATIC, methods=["GET"]))
    rules.append(Rule("/login", endpoint=LOG_IN, methods=["POST"]))
    rules.append(Rule("/logout", endpoint=LOG_OUT, methods=["POST"]))
    return Map(rules, converters={"id": _Id}, strict_slashes=True, merge_slashes=False)


def _rules(address: Address) -> Iterator[Rule]:
    method = "POST" if isinstance(address.target, Action) else "GET"
    yield Rule(address.path, endpoint=address.name, methods=[method])
    for form in forms(address.target):
        yield Rule(f"{address.path}.{form}", endpoint=f"{address.name}.{form}", methods=["GET"])


def forms(target: Target) -> tuple[str, ...]:
    """The forms that an address has in addition to the page."""
    if isinstance(target, ListPage):
        return ("json", "csv")
    return ("json",) if isinstance(target, Page) and target.document else ()
