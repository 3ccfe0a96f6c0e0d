"""The ISSNs of a journal with their media. One number may be that of the print and of the electronic edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from harvester.model import Issn, JournalFacts

Medium = Literal["print", "electronic"]


def configured_media(value: str, journals: Mapping[str, JournalFacts]) -> tuple[Medium, ...]:
    """The media that the configuration gives an ISSN."""
    facts = journals.get(value)
    media: tuple[tuple[Medium, str | None], ...] = ()
    if facts is not None:
        media = (("print", facts.issn_print), ("electronic", facts.issn_electronic))
    return tuple(medium for medium, issn in media if issn == value)


def with_media(media: Mapping[str, Collection[Medium]]) -> tuple[Issn, ...]:
    """Each ISSN once for each of its media; once without a medium if none is known."""
    return tuple(Issn(value, medium) for value, known in media.items() for medium in known or (None,))
