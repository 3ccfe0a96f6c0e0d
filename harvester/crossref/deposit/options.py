"""What the depositor decides about every deposit."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """`crossmark_policy` is the DOI of the publisher's Crossmark policy page; without one there is no `<crossmark>`."""

    title_order: Literal["article-language-first", "article-language-last"] = "article-language-first"
    crossmark_policy: str | None = None
