"""What a request asks for, and what a page needs to be shown: the two values that page modules work with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from werkzeug.exceptions import BadRequest

from harvester.config import Config
from harvester.markup import Html, Part
from harvester.web.links import Links

if TYPE_CHECKING:
    from harvester.store import Store

_LARGEST = 2**63 - 1  # an integer of SQLite


class Viewer(Struct, frozen=True, kw_only=True):
    """Who asks. `name` is for the log and for `wish.asked_by`; `may_act`: the person may change things, too."""

    name: str
    may_act: bool = False
    may_log_out: bool = False


class Asked(Struct, frozen=True, kw_only=True):
    """One request: its parameters, and the store as it was when the request began. The store cannot be written.

    `path` has the values in the address, `query` the parameters after the question mark, or those of the form.
    `uploads` are the files of a form, without those that are empty.
    """

    config: Config
    store: Store
    now: datetime
    viewer: Viewer
    path: Mapping[str, Any] = {}
    query: Mapping[str, str] = {}
    uploads: Mapping[str, bytes] = {}

    def number(self, name: str) -> int | None:
        """A parameter that is a whole number, `None` if it is absent. Raises `BadRequest`."""
        text = self.query.get(name)
        return whole_number(text, name) if text else None


def whole_number(text: str, name: str) -> int:
    """The number in a parameter. Raises `BadRequest` if it is not one that the store can have."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST):
        raise BadRequest(f"The parameter {name} must be a whole number.")
    return int(text)


class Context(Struct, frozen=True, kw_only=True):
    """What a page needs in addition to its facts: links to others, the time zone, and whether to offer actions.

    `languages`: the addresses of this page in all languages. Pages are written in English; see `languages`.
    """

    links: Links
    now: datetime
    zone: str = "UTC"
    may_act: bool = False
    may_log_in: bool = False
    may_log_out: bool = False
    language: str = "en"
    languages: Mapping[str, str] = {}


class Body(Struct, frozen=True, kw_only=True):
    """What a page shows: its heading, also as plain text for the title of the window, and what comes below."""

    title: str
    content: Part
    heading: Html | None = None
