"""Helpers of the Dublin Core tests: read a whole record, or the fields of a snippet."""

from __future__ import annotations

from html import escape

from lxml import etree

from harvester import formats
from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields
from harvester.model import Article, Hints, RawRecord

DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def element(*rows: tuple[str, ...]) -> str:
    """A Dublin Core element from rows of a name, a value and perhaps a language."""
    values = (
        f"<dc:{name}{f' xml:lang={chr(34)}{lang[0]}{chr(34)}' if lang else ''}>{escape(value)}</dc:{name}>"
        for name, value, *lang in rows
    )
    return f"<oai_dc:dc {DC}>{''.join(values)}</oai_dc:dc>"


def fields(*rows: tuple[str, ...], notes: Notes | None = None) -> Fields:
    return Fields(etree.fromstring(element(*rows)), notes or Notes())


def codes(notes: Notes) -> list[str]:
    return [finding.code for finding in notes.findings]


def read(*rows: tuple[str, ...], identifier: str = "oai:example:1", **hints: object) -> tuple[Article, list[str]]:
    """The article of a record with these rows, and the codes of its findings."""
    payload = f"<record><metadata>{element(*rows)}</metadata></record>".encode()
    reading = formats.read(
        RawRecord(identifier=identifier, datestamp="", payload=payload),
        Hints(**hints),  # type: ignore[arg-type]
    )
    assert reading.article is not None
    return reading.article, [finding.code for finding in reading.findings]
