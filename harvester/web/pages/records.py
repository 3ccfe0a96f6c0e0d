"""`/records`: the articles of all sources, by what people know of them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from harvester.documents import Document
from harvester.findings import sentence
from harvester.markup import Html, Part, foreign, tag
from harvester.standing.article import STATES, ArticleState, state_of
from harvester.store import ArticleLine
from harvester.web import parts
from harvester.web.asked import Asked, Context
from harvester.web.chosen import LABELS, choice_of, facets_of
from harvester.web.kinds import Chosen, Column, ListPage

TONES: dict[ArticleState, parts.Tone] = {
    "held_back": "bad",
    "refused": "bad",
    "uncertain": "wait",
    "unaccounted": "look",
    "registered_with_conflict": "look",
    "ready": "wait",
    "changed": "wait",
    "in_file": "wait",
    "waiting": "wait",
    "registered": "good",
    "elsewhere": "good",
}
_TITLE = 200  # characters that a list shows


def article_state(state: ArticleState) -> Html:
    """The state of an article as sign and words. A deleted one needs no attention, so it has no sign."""
    words = STATES[state]
    return parts.state(TONES[state], words) if state in TONES else tag("span", words, class_="soft")


def _rows(asked: Asked, chosen: Chosen) -> Sequence[ArticleLine]:
    choice = choice_of(asked.config, chosen.filters)
    if choice is None:
        return ()
    return asked.store.search.lines(choice, before=chosen.after_number(), limit=chosen.limit)


def _title(line: ArticleLine, context: Context) -> Part:
    link = context.links.to("record", source=line.source, id=line.identifier)
    title = foreign(parts.shortened(line.title, _TITLE)) if line.title else "No title"
    return tag("span", tag("a", title, href=link), tag("br"), tag("code", foreign(line.identifier)), class_="wide")


def _state(line: ArticleLine, _: Context) -> Part:
    finding = line.held_back
    reason = tag("p", parts.finding(finding.code, sentence(finding)), class_="soft short") if finding else ()
    return (article_state(state_of(line.facts)), reason)


def _doi(line: ArticleLine, _: Context) -> Part:
    return tag("code", foreign(parts.shortened(line.doi, 80)), class_="wrapped") if line.doi else ""


def _journal(line: ArticleLine, _: Context) -> Part:
    name = line.journal or line.issn
    return tag("span", foreign(parts.shortened(name, 80)), class_="wrapped") if name else ""


def _document(line: ArticleLine) -> Document:
    facts = structs.asdict(line)
    reason = sentence(line.held_back) if line.held_back else None
    del facts["id"], facts["facts"], facts["held_back"]
    return {"record": facts.pop("identifier"), **facts, "state": state_of(line.facts), "held_back": reason}


def _search(_: None, context: Context) -> Html:
    """The search box. It keeps the other filters."""
    query = context.links.query
    kept = [tag("input", type="hidden", name=name, value=value) for name, value in query.items() if name != "q"]
    box = tag(
        "input", type="search", name="q", id="q", value=query.get("q"), maxlength=500, dir="auto", data_search=True
    )
    return tag(
        "form",
        tag("label", "A DOI, an OAI identifier, or words of the title", for_="q"),
        tag("div", box, tag("button", "Search", type="submit"), class_="together"),
        kept,
        action=context.links.to("records"),
        method="get",
        role="search",
        class_="search",
    )


def _nothing(_: Context) -> Part:
    return tag("p", "There is no record yet. ", tag("code", "harvester harvest"), " fetches those of every source.")


RECORDS: ListPage[ArticleLine] = ListPage(
    title="Records",
    plural="records",
    labels=LABELS,
    rows=_rows,
    key=lambda line: str(line.id),
    facets=facets_of,
    columns=(
        Column(heading="Title and identifier", cell=_title),
        Column(heading="State", cell=_state),
        Column(heading="DOI", cell=_doi),
        Column(heading="Journal", cell=_journal),
        Column(heading="Year", cell=lambda line, _: str(line.year or ""), is_number=True),
        Column(heading="Source", cell=lambda line, _: foreign(line.source)),
    ),
    document=_document,
    csv=("record", "source", "doi", "title", "journal", "issn", "year", "state", "held_back"),
    empty=_nothing,
    before=lambda _: None,
    above=_search,
    is_stacked=True,
)
