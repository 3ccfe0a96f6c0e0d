"""The only access to OAI-PMH providers."""

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

__all__ = [
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
