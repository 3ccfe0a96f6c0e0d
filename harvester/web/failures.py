"""What is said when there is nothing to show: each failure with the next step."""

from __future__ import annotations

from difflib import get_close_matches

from msgspec import Struct
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import MapAdapter

from harvester.errors import StoreError
from harvester.markup import tag
from harvester.web import parts
from harvester.web.asked import Body, Context

_TITLES = {
    400: "This request cannot be understood",
    401: "Log in first",
    403: "Not allowed",
    404: "There is no such page",
    405: "This cannot be done here",
    413: "This is too large",
    429: "Too many tries",
}


class Failure(Struct, frozen=True, kw_only=True):
    """What failed, the next step, and the name of a page that may be meant."""

    title: str
    words: str = ""
    near: str | None = None

    @property
    def sentence(self) -> str:
        """All of it for a program."""
        return self.words or self.title


def show(failure: Failure, context: Context) -> Body:
    """The page of a failure."""
    words = parts.card(tag("p", failure.words)) if failure.words else ()
    address = context.links.to(failure.near) if failure.near else ""
    near = tag("p", "The nearest page is ", tag("a", tag("bdi", address), href=address), ".") if address else ()
    return Body(title=failure.title, content=(words, near))


def of_http(error: HTTPException, path: str, adapter: MapAdapter) -> Failure:
    """A request that cannot be answered as it is."""
    title, words = _TITLES.get(error.code or 500, error.name), error.description or ""
    if not isinstance(error, NotFound):
        return Failure(title=title, words=words)
    if words != NotFound.description:
        return Failure(title=words)
    return Failure(title=title, near=_nearest(path, adapter))


def _nearest(path: str, adapter: MapAdapter) -> str | None:
    """The page whose address is most like the one that was asked for."""
    rules = [rule for rule in adapter.map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    by_path = {rule.rule: rule.endpoint for rule in rules if "." not in rule.endpoint}
    near = get_close_matches(path[:200], by_path, n=1, cutoff=0.5) or ["/"]
    return by_path.get(near[0])


def of_store(error: StoreError) -> Failure:
    """A store that cannot be read. Its sentence has the next step."""
    return Failure(title="The store cannot be read", words=str(error))


def of_slow_query() -> Failure:
    return Failure(
        title="This takes too long",
        words="Reading this takes more than a second, so it was given up. Choose a filter, or use a command instead.",
    )


def of_program(number: str) -> Failure:
    """An error of ours. The log has it with the same number, and the page has nothing of it."""
    return Failure(
        title="An error in the program",
        words="This is an error in the program, and nothing of the store is lost by it. Please report it with the "
        f"lines of the log at error {number}.",
    )
