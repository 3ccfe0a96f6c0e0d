"""The parts that every OAI-PMH answer has: checked arguments, the root element, errors.

The sections cited are those of https://www.openarchives.org/OAI/openarchivesprotocol.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape as escape_html

from harvester.xmltools import OAI

Arguments = Sequence[tuple[str, str]]  # decoded names and values, in the order in which they were sent

_LIST_ARGUMENTS = (("metadataPrefix",), ("from", "until", "set"))
# The required and optional arguments of each verb (section 4).
_VERBS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Identify": ((), ()),
    "ListMetadataFormats": ((), ("identifier",)),
    "ListSets": ((), ()),
    "GetRecord": (("identifier", "metadataPrefix"), ()),
    "ListIdentifiers": _LIST_ARGUMENTS,
    "ListRecords": _LIST_ARGUMENTS,
}
_EXCLUSIVE = ("ListSets", "ListIdentifiers", "ListRecords")  # have a resumptionToken, without other arguments
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


class Refusal(Exception):
    """The request is answered with an OAI-PMH <error> (section 3.6)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def element(self) -> bytes:
        return f'<error code="{self.code}">{escape(str(self))}</error>'.encode()


def escape(value: str) -> str:
    """The value as XML text or attribute, with characters that XML does not allow replaced."""
    return escape_html(_ILLEGAL.sub("\ufffd", value))


def checked(arguments: Arguments) -> tuple[str, dict[str, str]]:
    """The verb and its arguments. Raises `Refusal` if section 4 does not allow them."""
    verbs = [value for name, value in arguments if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in _VERBS:
        message = f"{', '.join(verbs)} is not one of the six verbs" if verbs else "there is no verb"
        raise Refusal("badVerb", f"{message}, or it is given twice" if len(verbs) > 1 else message)
    others = dict(pair for pair in arguments if pair[0] != "verb")
    if len(others) < len(arguments) - 1:
        raise Refusal("badArgument", "an argument is given more than once")
    _check_arguments(verbs[0], others)
    return verbs[0], others


def _check_arguments(verb: str, arguments: dict[str, str]) -> None:
    if "resumptionToken" in arguments and verb in _EXCLUSIVE:
        if len(arguments) > 1:
            raise Refusal("badArgument", "a resumptionToken stands alone")
        return
    required, optional = _VERBS[verb]
    if unknown := [name for name in arguments if name not in required + optional]:
        raise Refusal("badArgument", f"{verb} has no argument {', '.join(unknown)}")
    if missing := [name for name in required if not arguments.get(name)]:
        raise Refusal("badArgument", f"{verb} needs {', '.join(missing)}")
    if empty := [name for name in arguments if not arguments[name]]:
        raise Refusal("badArgument", f"{', '.join(empty)} is empty")
    if any(_ILLEGAL.search(value) for value in arguments.values()):
        raise Refusal("badArgument", "an argument holds characters that XML cannot hold")


def attributes(arguments: Iterable[tuple[str, str]]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in arguments)


def document(response_date: str, base_url: str, shown: str, content: Iterable[bytes]) -> bytes:
    """The whole answer. `shown` are the attributes of its <request>, `content` is what follows it."""
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
        f"<responseDate>{response_date}</responseDate>\n<request{shown}>{escape(base_url)}</request>\n"
    )
    return b"".join((head.encode(), *content, b"\n</OAI-PMH>\n"))
