"""Records are read in stages: one stage of all of them before the next of any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from harvester.formats.notes import Notes
from harvester.formats.reader import Reader
from harvester.model import Article, Finding, Hints, RawRecord, Reading


class Opened:
    def __init__(self, name: str, notes: Notes) -> None:
        self.name, self.notes = name, notes


def reader(log: list[tuple[str, str]]) -> Reader:
    """A reader whose two stages note which record they read."""

    def opens(element: etree._Element, record: RawRecord, _: Hints, notes: Notes) -> Opened:
        notes.report("doi-invalid", value=record.identifier)
        return Opened(element.tag, notes)

    def first(opened: Opened, article: Article) -> Article:
        log.append(("first", opened.name))
        return replace(article, volume=opened.name)

    def second(opened: Opened, article: Article) -> Article:
        log.append(("second", opened.name))
        opened.notes.provenance["issue"] = opened.name
        return replace(article, issue=f"{article.volume} again")

    return Reader("sample", opens, (first, second))


@given(st.integers(0, 5))
def test_each_stage_of_all_records_comes_before_the_next_and_readings_keep_their_order(count):
    names = [f"r{number}" for number in range(count)]
    log: list[tuple[str, str]] = []
    records = [RawRecord(identifier=name, datestamp="") for name in names]
    readings = reader(log).read([etree.Element(name) for name in names], records, Hints())
    assert readings == [
        Reading(
            Article(format="sample", volume=name, issue=f"{name} again", provenance={"issue": name}),
            (Finding("doi-invalid", value=name),),
        )
        for name in names
    ]
    assert log == [(stage, name) for stage in ("first", "second") for name in names]
