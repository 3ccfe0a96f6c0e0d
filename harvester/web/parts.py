"""Small parts that pages are made of. All are pure: values in, markup out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from msgspec import Struct

from harvester.markup import Html, Part, foreign, tag
from harvester.registration.described import HELD_BACK
from harvester.report import percent_bar
from harvester.reports import DoiReport
from harvester.web.asked import Context
from harvester.web.kinds import Column, Row
from harvester.web.languages.document import code_marked

FindingPart = Literal["message", "fix", "cause", "example"]
Tone = Literal["good", "look", "wait", "bad"]
SIGNS: dict[Tone, str] = {"good": "✓", "look": "!", "wait": "…", "bad": "✕"}


def state(tone: Tone, words: Part) -> Html:
    """A state as sign, words and colour, so that nobody needs the colour."""
    sign = tag("span", SIGNS[tone], class_="sign", aria_hidden="true")
    return tag("span", sign, words, class_=f"state {tone}")


def moment(at: datetime | None, context: Context, *, otherwise: str = "never") -> Html:
    """A moment as `2026-11-30 14:05 CET` in the time zone of the configuration; `otherwise` if there is none."""
    if at is None:
        return tag("span", otherwise, class_="soft")
    local = at.astimezone(ZoneInfo(context.zone))
    return tag("time", f"{local:%Y-%m-%d %H:%M %Z}", datetime=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


def duration(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    whole = max(0, round(seconds))
    named: list[str] = []
    for size, unit in units:
        number, whole = divmod(whole, size)
        if number or named:
            named.append(f"{number} {unit}")
    return " ".join(part for part in named[:2] if not part.startswith("0 ")) or "0 s"


def number(value: int) -> str:
    return f"{value:,}"


def shortened(text: str | None, most: int) -> str:
    """The text on one line, cut short if it has more characters than that."""
    line = " ".join((text or "")[: most * 4].split())
    return line if len(line) <= most and len(text or "") <= most * 4 else f"{line[:most].rstrip()}…"


def bar(done: int, total: int | None, words: str) -> Html:
    """How much of something is done, as a picture next to `words`. Without a total, only the words are shown."""
    if not total:
        return tag("span", words)
    picture = percent_bar(100 * min(done, total) / total)
    return tag("span", picture, tag("span", words), class_="barred")


def outside(address: str | None, words: Part) -> Html:
    """A link to elsewhere, if the address is one of the web; else the words."""
    if not address or urlsplit(address).scheme not in ("http", "https"):
        return tag("span", words)
    return tag("a", words, href=address, rel="noopener noreferrer")


def card(*parts: Part, class_: str = "") -> Html:
    return tag("div", parts, class_=f"card {class_}".strip())


def section(heading: Part, *parts: Part, id_: str) -> Html:
    return tag("section", tag("h2", heading, id=id_), parts, aria_labelledby=id_)


def facts(*pairs: tuple[str, Part]) -> Html:
    """Names with their values. Those without a value are left out."""
    shown = [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs if value != ""]
    return tag("dl", shown, class_="facts")


def table(
    columns: Sequence[Column[Row]], rows: Sequence[Row], context: Context, *, caption: str, is_stacked: bool = False
) -> Html:
    """A table in a frame of its own, which scrolls on a small screen and can be reached by keyboard.

    On a small screen the cells of a row of a stacked one are below each other.
    """
    heads = [
        tag("th", column.heading, scope="col", class_="number" if column.is_number else None) for column in columns
    ]
    body = [tag("tr", _cells(columns, row, context)) for row in rows]
    whole = tag("table", tag("caption", caption, class_="hidden"), tag("thead", tag("tr", heads)), tag("tbody", body))
    return tag(
        "div", whole, class_="scroll stacked" if is_stacked else "scroll", tabindex=0, role="region", aria_label=caption
    )


def _cells(columns: Sequence[Column[Row]], row: Row, context: Context) -> list[Html]:
    first, *others = columns
    name = tag("th", first.cell(row, context), scope="row")
    cells = [
        tag(
            "td",
            one.cell(row, context),
            class_="number" if one.is_number else None,
            data_label=one.heading if one.is_number or one.is_labelled else None,
        )
        for one in others
    ]
    return [name, *cells]


def prose(text: str, *codes: str) -> Html:
    """A sentence of ours about something of others: what is between backticks is code.

    `codes`: those that its words may have, if they are data (`languages.catalogue.coded_texts`).
    """
    if codes:
        return tag("bdi", code_marked(text), data_words=" ".join(codes))
    return tag("span", code_marked(text), dir="auto")


def finding(code: str, words: str, part: FindingPart = "message") -> Html:
    """Words of a finding, which may contain text of a record. The code says which they are in other languages."""
    shown = words if part in ("message", "example") else code_marked(words)
    return tag("bdi", shown, data_words=f"{code}.{part}")


def meaning(report: DoiReport, agency: str) -> Html:
    """What became of a DOI at the agency with this name."""
    words, kind = report.sentence, report.kind
    if kind and words.startswith(HELD_BACK):
        return tag("span", HELD_BACK, finding(kind, words.removeprefix(HELD_BACK)))
    return prose(words, f"{agency}-{kind}.sentence", f"{agency}-{kind}.registered") if kind else prose(words)


class Tile(Struct, frozen=True, kw_only=True):
    """A number with its words. `None` was not counted, because that takes too long. `href`: the list that it counts."""

    words: str
    number: int | None
    href: str | None = None


def tiles(shown: Sequence[Tile]) -> Html:
    return tag("dl", [tag("div", tag("dt", tile.words), tag("dd", _tile(tile))) for tile in shown], class_="tiles")


def _tile(tile: Tile) -> Part:
    if tile.number is None:
        return tag("span", "not counted", class_="soft uncounted")
    return tag("a", number(tile.number), href=tile.href) if tile.href else number(tile.number)


def raw(text: str) -> Html:
    """Text of a file or record as it is, from left to right, in a frame that scrolls."""
    return tag("pre", tag("code", foreign(text)), dir="ltr", tabindex=0)
