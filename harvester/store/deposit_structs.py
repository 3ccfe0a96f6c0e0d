"""Deposits and DOIs, as the store takes and gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from harvester.store.registration_structs import DoiState, FileState


class DepositState(Struct, frozen=True, kw_only=True):
    """What became of the DOI of an article for one target.

    Either it is in a deposit file, `written` then, or it is marked as deposited by another program, `elsewhere_since`.
    `changed_since`: the article differs from what was deposited, so the next export includes it.
    """

    target: str
    file: str | None = None
    batch_id: str | None = None
    written: datetime | None = None
    elsewhere_since: datetime | None = None
    changed_since: bool = False


class ArticleFacts(Struct, frozen=True, kw_only=True):
    """What decides how an article is, for one system of a target.

    `in_file`: a deposit file has its DOI. `is_marked`: another program deposited it. `has_changed`: the article differs
    from what was deposited. `registration`: what became of the DOI, if it was sent.
    """

    state: Literal["ready", "held", "deleted"]
    in_file: bool = False
    is_marked: bool = False
    has_changed: bool = False
    registration: DoiState | None = None


class DepositCounts(Struct, frozen=True, kw_only=True):
    """The articles of a source that are ready, by what became of their DOIs, and deposited ones that were deleted."""

    source: str
    new: int = 0
    changed: int = 0
    deposited: int = 0
    elsewhere: int = 0
    deleted: int = 0


class HeldArticle(Struct, frozen=True):
    """An article that is held back."""

    article_id: int
    source: str
    identifier: str
    title: str | None


class MintedDoi(Struct, frozen=True, kw_only=True):
    """A DOI that this program assigned to a record, or will; with the newest deposit file that it is in."""

    doi: str
    record: str
    source: str
    title: str | None = None
    file: str | None = None


class MarkPreview(Struct, frozen=True, kw_only=True):
    """What marking a selection as deposited elsewhere would do.

    `marked` articles would be marked, `already` are marked, `in_files` are in deposit files of this program, and
    `unknown` DOIs belong to no article; they are marked for the time when one has them.
    """

    marked: int
    already: int
    in_files: int
    unknown: int


class DepositFile(Struct, frozen=True, kw_only=True):
    """A deposit file that was written, with the number of its records and of those that have changed since."""

    batch_id: str
    target: str
    path: str
    written: datetime
    records: int
    changed_since: int


class FileRow(Struct, frozen=True, kw_only=True):
    """A deposit file with what became of it in one system: its state, and the number of its DOIs in each state.

    `timestamp` is text: 17 digits are too many for a number in JSON. A DOI counts for the newest file that was sent.
    """

    batch_id: str
    target: str
    path: str
    timestamp: str
    schema_version: str
    written: datetime
    size: int
    sha256: str
    records: int
    changed_since: int
    state: FileState
    since: datetime
    sent: datetime | None = None
    next: datetime | None = None
    submission_id: str | None = None
    answer: str = ""
    dois: dict[DoiState, int] = {}


class DepositRow(Struct, frozen=True, kw_only=True):
    """A DOI with what became of it for one target; `record`, `source` and `title` if an article has it."""

    doi: str
    target: str
    record: str | None
    source: str | None
    title: str | None
    file: str | None
    timestamp: str | None  # of the file; 17 digits are too many for a number in JSON
    written: datetime | None
    elsewhere_since: datetime | None
    changed_since: bool


class BatchMember(Struct, frozen=True):
    """One record of a batch: its article, its DOI, its fingerprint (`ArticleRow.fingerprint`).

    `counts_by_kind` is how many titles, references and so on it had.
    """

    article_id: int | None  # `None` after its source was forgotten
    doi: str
    fingerprint: str
    counts_by_kind: dict[str, int] = {}


class PlannedBatch(Struct, frozen=True, kw_only=True):
    """A batch whose id and timestamp are used, but whose file may not exist."""

    id: str
    timestamp: int
    schema_version: str
    planned: datetime
    members: tuple[BatchMember, ...]
