"""A store with articles, a deposit file of theirs, and what became of their DOIs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from harvester.store import BatchMember, DoiState, Registration, Submission
from harvester.store.store import Store
from tests.store.samples import NOW, article, article_to_save, fill, finding, name

STAMP = 20250301120000000
XML = "<doi_batch><title>Reeds &amp; \u202e</title></doi_batch>"
HOSTILE = '<script>alert("1")</script>'


CROSSREF = """
[crossref]
depositor_name = "D"
depositor_email = "d@example.org"
registrant = "R"
prefixes = ["10.5555"]
"""


def doi(number: int) -> str:
    return f"10.5555/Reeds.{number}"


def fill_articles(store: Store) -> None:
    """Five articles: four ready, of which the first has a hostile title, and one held back."""
    first = article_to_save(1, article(1, HOSTILE))
    fill(store, first, *(article_to_save(n) for n in (2, 3, 4)), article_to_save(5, findings=(finding("error"),)))


def write_file(store: Store, folder: Path, *numbers: int, batch_id: str = "b1", stamp: int = STAMP) -> Path:
    """A deposit file with these articles, on the disk and in the ledger."""
    path = folder / "exports" / f"{batch_id}.xml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(XML, encoding="utf-8")
    found = [one for number in numbers for one in store.articles.find(name(number))]
    members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in found]
    store.ledger.plan("crossref", batch_id, stamp, "5.5.0", members, NOW)
    data = path.read_bytes()
    store.ledger.mark_exported(batch_id, str(path), hashlib.sha256(data).hexdigest(), len(data), NOW)
    return path


def decide(store: Store, state: DoiState, *numbers: int, batch_id: str = "b1", **changes: Any) -> None:
    """What became of these DOIs of a file that was processed."""
    store.submissions.adopt("crossref", "live", NOW)
    file = store.submissions.get(batch_id, "live")
    assert file is not None
    fields = {name: getattr(file, name) for name in Submission.__struct_fields__}
    done = Submission(**{**fields, "state": "completed", "next": None, "submission_id": "77"})
    values: dict[str, Any] = {"target": "crossref", "system": "live", "state": state, "changed": NOW}
    rows = [Registration(doi=doi(n), batch_id=batch_id, **values | changes) for n in numbers]
    store.submissions.save(done, rows)
