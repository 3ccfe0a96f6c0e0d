"""Small realistic values for the tests of the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from harvester.article_rows import to_row
from harvester.findings import Severity, kinds
from harvester.identifiers import fold_doi
from harvester.model import (
    Affiliation,
    Article,
    BadRecord,
    Contributor,
    Decision,
    Finding,
    Identity,
    Issn,
    Journal,
    LangText,
    PubDate,
    RawRecord,
    Reference,
    Title,
    Token,
    Window,
)
from harvester.store import Advance, ArticleToSave, ChangedDeposit, PageToSave, RecordToSave, Run, RunRow, RunWindow
from harvester.store.store import Store
from harvester.text import Span

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
WINDOW = Window(prefix="oai_dc")
IDENTITY = Identity(
    repository="Wetlands",
    base_url="https://wetlands.example/oai",
    earliest="2019-01-01",
    deleted_record="persistent",
    granularity="second",
    response_date="2025-03-01T12:00:00Z",
    emails=("editor@wetlands.example",),
)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'store.sqlite'}"


def name(number: int) -> str:
    return f"oai:wetlands.example:article/{number:04}"


def finding(severity: Severity, path: str = "doi", value: str = "") -> Finding:
    """A finding with any code of this severity."""
    code = next(code for code, kind in kinds().items() if kind.severity == severity)
    return Finding(code, path, value, {"suggestion": "look again"})


def raw(number: int, text: str = "first", **changes: object) -> RawRecord:
    values = {
        "identifier": name(number),
        "datestamp": "2024-01-02T03:04:05Z",
        "sets": ("reeds:ART",),
        "payload": f"<metadata><p>{number} {text} {'reed ' * 30}</p></metadata>".encode(),
    }
    return RawRecord(**values | changes)  # type: ignore[arg-type]


def tombstone(number: int) -> RawRecord:
    return raw(number, datestamp="2024-06-01T00:00:00Z", sets=(), deleted=True, payload=None)


def bad(identifier: str | None, reason: str, payload: bytes = b"<record/>") -> BadRecord:
    return BadRecord(identifier=identifier, reason=reason, payload=payload)


def article(number: int, title: str = "Reeds of the delta", **changes: object) -> Article:
    values = {
        "format": "oai_dc",
        "doi": f"10.5555/Reeds.{number}",
        "language": "en",
        "titles": (Title(text=("Growth of ", Span("italic", ("Phragmites",)), f", {title}"), lang="en"),),
        "contributors": (
            Contributor(
                surname="Ó Briain",
                given="Áine",
                orcid="https://orcid.org/0000-0002-1825-0097",
                affiliations=(Affiliation(name="Bog Institute"), Affiliation(name="Fen College")),
            ),
            Contributor(kind="group", name="Delta Survey Group", role="editor"),
        ),
        "journal": Journal(titles=(LangText(("Wetland Notes",), "en"),), issns=(Issn("2049-3630", "electronic"),)),
        "volume": "7",
        "issue": "2",
        "dates": (PubDate(year=2024, medium="print"), PubDate(year=2023, month=12, medium="online")),
        "first_page": "11",
        "last_page": "19",
        "references": (Reference(key="r1", text="Moss, A. Fens. 1999.", doi="10.5555/fens"), Reference(key="r2")),
        "provenance": {"doi": "dc:identifier"},
    }
    return Article(**values | changes)  # type: ignore[arg-type]


def article_to_save(number: int, content: Article | None = None, **changes: object) -> ArticleToSave:
    values = {
        "source": "wetlands",
        "identifier": name(number),
        "row": to_row(content or article(number)),
        "mapped_with": "program 1",
    }
    return ArticleToSave(**values | changes)  # type: ignore[arg-type]


NEXT = Token("next", complete_list_size=250, cursor=0)


def begin(store: Store, source: str = "wetlands", windows: Iterable[Window] = (WINDOW,)) -> tuple[Run, RunWindow]:
    """A new run and its first window."""
    run = store.runs.begin(source, "oai_dc", "full", tuple(windows), NOW)
    return run, run.windows[0]


def page(*records: RawRecord, decision: Decision = "new", articles: Iterable[ArticleToSave] = ()) -> PageToSave:
    return PageToSave(
        records=tuple(RecordToSave(record, decision) for record in records),
        articles=tuple(articles),
        response_date="2025-03-01T12:00:00Z",
    )


def save_page(
    store: Store,
    run_id: int,
    window_id: int | None,
    page: PageToSave,
    *,
    token: Token | None = None,
    fresh: int | None = None,
    list_size: int | None = None,
) -> None:
    """Stores a page and moves its window: to the page that `token` asks for, or to its end."""
    given = len(page.records) + len(page.bad) if fresh is None else fresh
    moves = () if window_id is None else (Advance(window_id, token, given, list_size),)
    store.apply(run_id, moves, page)


def fill(store: Store, *saves: ArticleToSave, source: str = "wetlands") -> None:
    """Saves these articles with a record each, in one complete run."""
    run, window = begin(store, source)
    numbers = [int(save.identifier[-4:]) for save in saves]
    records = [tombstone(n) if save.deleted else raw(n) for n, save in zip(numbers, saves, strict=True)]
    save_page(store, run.id, window.id, page(*records, articles=saves))
    store.runs.finish(run.id, "complete", NOW)


def row_of(run: Run | None) -> RunRow:
    """The run without its windows."""
    assert run is not None
    return RunRow(**{field: getattr(run, field) for field in RunRow.__struct_fields__})


def changed_deposits(store: Store) -> list[tuple[str, str, dict[str, int]]]:
    """Identifier, target and counts of what differs from a last deposit, as a judge sees it."""
    seen: list[tuple[str, str, dict[str, int]]] = []

    def judge(changed: ChangedDeposit) -> None:
        seen.append((changed.article.identifier, changed.target, changed.counts_by_kind))

    store.cross_record.replace_redeposit_findings(
        [status.source for status in store.status()], ["deposit-thinner"], judge
    )
    return seen


def run_sql(opened: Store, statement: str, *values: object) -> list[Any]:
    """Runs a statement with `?` as another program could, and returns its rows."""
    with opened._database.write() as connection:
        cursor = opened._database.plain(connection).execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


class LastDeposit(Struct, frozen=True):
    batch_id: str
    timestamp: int
    fingerprint: str
    path: str
    written: datetime


def last_deposit(opened: Store, doi: str, target: str = "crossref") -> LastDeposit | None:
    """The last written deposit of a DOI for a target, as the ledger has it."""
    found = run_sql(opened, _LAST_DEPOSIT, fold_doi(doi), target)
    if not found:
        return None
    batch_id, timestamp, fingerprint, path, written = found[0]
    return LastDeposit(batch_id, timestamp, fingerprint.hex(), path, datetime.fromisoformat(written))


_LAST_DEPOSIT = """
SELECT b.id, b.timestamp, d.fingerprint, b.path, b.written
  FROM deposited d JOIN batch b ON b.id = d.batch_id AND b.target = d.target
 WHERE d.doi_key = ? AND d.target = ?
"""
