"""The only door to an OAI-PMH provider."""

from harvester.errors import (
    BadAnswer,
    BadStatus,
    ProtocolError,
    ProviderError,
    RefusedAddress,
    Stopped,
    TooBig,
    TooSlow,
    Unreachable,
    WaitUntil,
)
from harvester.oai.client import Provider
from harvester.oai.pages import Answer

__all__ = [
    "Answer",
    "BadAnswer",
    "BadStatus",
    "ProtocolError",
    "Provider",
    "ProviderError",
    "RefusedAddress",
    "Stopped",
    "TooBig",
    "TooSlow",
    "Unreachable",
    "WaitUntil",
]
