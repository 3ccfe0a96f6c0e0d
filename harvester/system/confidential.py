"""Keeps secrets out of what is shown: out of texts, and out of errors whose words repeat a request."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

from harvester.errors import HarvesterError

SHORTEST_SECRET = 4  # characters; hiding every "e" of a message would hide the message, and tell the secret


def forms_of(secret: str) -> list[str]:
    """How a text may repeat a secret: as it is, in HTML, JSON, an address or a form, or as Python shows it.

    The longest is first.
    """
    forms = {
        secret, " ".join(secret.split()), escape(secret), json.dumps(secret)[1:-1], quote(secret),
        quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], repr(secret.encode())[2:-1],
    }  # fmt: skip
    return sorted(filter(None, forms), key=len, reverse=True)


def without(text: str, *secrets: str) -> str:
    """The text with an ellipsis for each secret."""
    for secret in secrets:
        for form in forms_of(secret):
            text = text.replace(form, "…")
    return text


@contextmanager
def confidential(*secrets: str) -> Iterator[None]:
    """In the block, an error that repeats a secret, or has a cause that does, is replaced by one without its words.

    Its class and the place remain, for the people who look for the reason. Raises `HarvesterError` in its place.
    """
    forms = [form for secret in secrets for form in forms_of(secret) if len(form) >= SHORTEST_SECRET]
    try:
        yield
    except Exception as error:
        shown = "".join(traceback.format_exception(error))
        if not any(form in shown for form in forms):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise HarvesterError(
            f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}. Its words are not shown, "
            "because they repeat a password or a key. Report this to the developers; the same command tries again."
        ) from None
