"""A registered DOI as XML (unixsd): the only place that shows the version that Crossref holds."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from harvester.standin.accounts import Account
from harvester.standin.registry import Record, Version

_DEPOSIT_NAMESPACE = re.compile(rb"http://www\.crossref\.org/schema/[\d.]+")
_XSCHEMA = b"http://www.crossref.org/xschema/1.1"
_TYPES = {"journal_metadata": "journal_title"}


def resolved(record: Record, version: Version, account: Account | None) -> bytes:
    """The query result for a DOI, with `version` as the held one."""
    kind = _TYPES.get(record.kind, record.kind)
    items = "".join(_item(name, kind, value) for name, kind, value in _items(record, version, account))
    return _document(
        f'<query status="resolved"><doi type="{kind}">{escape(record.doi)}</doi>{items}'.encode(),
        _DEPOSIT_NAMESPACE.sub(_XSCHEMA, version.xml),
    )


def unresolved(doi: str) -> bytes:
    """The result for a DOI that is not registered."""
    query = f'<query status="unresolved"><doi>{escape(doi)}</doi>'
    return _document(query.encode(), f"<error>doi:{escape(doi)}</error>".encode())


def _document(query: bytes, content: bytes) -> bytes:
    return b"".join(
        [
            b'<?xml version="1.0" encoding="UTF-8"?>\n'
            b'<crossref_result xmlns="http://www.crossref.org/qrschema/3.0" version="3.0">'
            b"<query_result><head><doi_batch_id>none</doi_batch_id></head><body>",
            query,
            b'<doi_record><crossref xmlns="http://www.crossref.org/xschema/1.1">',
            content,
            b"</crossref></doi_record></query></body></query_result></crossref_result>\n",
        ]
    )


def _items(record: Record, version: Version, account: Account | None) -> list[tuple[str, str, str]]:
    """Name, type and value of each crm-item, in the recorded order."""
    return [
        ("publisher-name", "string", account.name if account else ""),
        ("prefix-name", "string", account.name if account else ""),
        ("member-id", "number", str(account.member) if account else "0"),
        ("citation-id", "number", str(record.citation_id)),
        ("journal-id", "number", str(record.title.journal_id) if record.title else "0"),
        ("deposit-timestamp", "number", str(version.number)),
        ("owner-prefix", "string", record.owner),
        ("last-update", "date", _stamp(version.at)),
        ("created", "date", _stamp(record.created)),
        ("citedby-count", "number", "0"),
    ]


def _item(name: str, kind: str, value: str) -> str:
    return f'<crm-item name="{name}" type="{kind}">{escape(value, quote=False)}</crm-item>'


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
