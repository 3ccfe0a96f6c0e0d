"""What a page says when it has nothing to show: each failure with the next step."""

from __future__ import annotations

from difflib import get_close_matches

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import MapAdapter

from harvester.errors import StoreError
from harvester.markup import Part, tag
from harvester.web import parts
from harvester.web.asked import Body

_TITLES = {
    400: "This request cannot be understood",
    403: "Not allowed",
    404: "There is no such page",
    405: "This cannot be done here",
    413: "This is too large",
    429: "Too many tries",
}


def of_http(error: HTTPException, path: str, adapter: MapAdapter) -> Body:
    """A request that cannot be answered as it is."""
    title = _TITLES.get(error.code or 500, error.name)
    if not isinstance(error, NotFound):
        return Body(title=title, content=tag("p", error.description or ""))
    if error.description != NotFound.description:
        return Body(title=error.description or title, content=())
    return Body(title=title, content=_nearest(path, adapter))


def _nearest(path: str, adapter: MapAdapter) -> Part:
    """A link to the page whose address is most like the one that was asked for."""
    rules = [rule for rule in adapter.map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    by_path = {rule.rule: rule.endpoint for rule in rules}
    near = get_close_matches(path[:200], by_path, n=1, cutoff=0.5) or ["/"]
    if near[0] not in by_path:
        return ()
    return tag("p", "The nearest one is ", tag("a", near[0], href=adapter.build(by_path[near[0]])), ".")


def of_store(error: StoreError) -> Body:
    """A store that cannot be read. Its sentence has the next step."""
    return Body(title="The store cannot be read", content=parts.card(tag("p", str(error))))


def of_slow_query() -> Body:
    words = (
        "Reading this takes more than a second, so it was given up. Choose a filter, or ask a command for all of it."
    )
    return Body(title="This takes too long", content=parts.card(tag("p", words)))


def of_program(number: str) -> Body:
    """An error of ours. The log has it with the same number, and the page has nothing of it."""
    words = (
        "This is an error in the program, and nothing of the store is lost by it. Please report it with the lines "
        f"of the log at error {number}."
    )
    return Body(title="An error in the program", content=parts.card(tag("p", words)))
