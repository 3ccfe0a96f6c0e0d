"""Lists in all their forms; tests/web/pages/test_runs.py has the page."""

from collections.abc import Sequence

from msgspec import Struct

from harvester.web import listing
from harvester.web.kinds import Chosen, ListPage


class Row(Struct):
    number: int


def page_of(rows: int) -> ListPage[Row]:
    return ListPage(
        title="Numbers",
        plural="numbers",
        labels={"kind": "Kind"},
        rows=lambda asked, chosen: read(rows, chosen),
        key=lambda row: str(row.number),
        facets=lambda asked, chosen: (),
        columns=(),
        document=lambda row: {"number": row.number, "text": "=1"},
        csv=("text", "number"),
        empty=lambda context: "",
    )


def read(rows: int, chosen: Chosen) -> Sequence[Row]:
    first = int(chosen.after or 0) + 1
    return [Row(number) for number in range(first, min(first + chosen.limit, rows + 1))]


def numbers(rows: int, most: int | None) -> list[int]:
    found = listing.every_row(page_of(rows), Chosen(), lambda chosen: read(rows, chosen), most)
    return [row.number for row in found]


def test_every_row_is_read_once():
    for rows in (0, 1, listing.BATCH, 2 * listing.BATCH, 2 * listing.BATCH + 1):
        assert numbers(rows, None) == list(range(1, rows + 1))
        assert numbers(rows, 3) == list(range(1, min(rows, 3) + 1))
        assert numbers(rows, 0) == []
        assert numbers(rows, listing.BATCH + 1) == list(range(1, min(rows, listing.BATCH + 1) + 1))


def test_json_and_csv_have_the_same_rows():
    rows = [Row(1), Row(2)]
    assert b"".join(listing.as_json(page_of(2), iter(rows))) == (
        b'{"schema":1,"numbers":[{"number":1,"text":"=1"},{"number":2,"text":"=1"}]}\n'
    )
    assert b"".join(listing.as_csv(page_of(2), iter(rows))).decode("utf-8-sig") == "text,number\r\n'=1,1\r\n'=1,2\r\n"


def test_only_known_filters_are_used():
    query = {"kind": " a ", "other": "b", "after": "7", "__class__": "c"}
    assert listing.chosen_by(query, page_of(0)) == Chosen(filters={"kind": "a"}, after="7", limit=listing.ROWS)
    assert listing.chosen_by({"kind": "  ", "after": ""}, page_of(0)) == Chosen(limit=listing.ROWS)
    assert len(listing.chosen_by({"kind": "x" * 9999}, page_of(0)).filters["kind"]) == listing.LONGEST
