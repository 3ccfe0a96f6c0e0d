"""`/findings`: what is wrong, by who can fix it, and `/findings/CODE`: one kind of finding with its records."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs
from werkzeug.exceptions import NotFound

from harvester.checking.worded import worded_finding
from harvester.counting import counted
from harvester.findings import MEANING, SEVERITIES, WHO, Kind, Severity, example_remedy, kinds, outline
from harvester.markup import Html, Part, foreign, tag
from harvester.report import words
from harvester.reports import RecordFinding
from harvester.store import ArticleChoice, CodeCount
from harvester.store.limits import in_time
from harvester.web import parts
from harvester.web.asked import Asked, Context
from harvester.web.chosen import LABELS, choice_of, facets_of, journal_values, remembered_in_time
from harvester.web.kinds import Chosen, Column, Facet, ListPage, Value

_TITLE, _VALUE = 160, 120  # characters that are shown
_TONES: dict[Severity, parts.Tone] = {"error": "bad", "warning": "look", "info": "wait"}
_LABELS = {"severity": "Severity", "source": "Source", "journal": "Journal"}


class Row(Struct, frozen=True):
    """A finding of a record, and its place in the list."""

    key: str
    finding: RecordFinding


class Group(Struct, frozen=True):
    """All findings of one code: how many, and the first of a few records.

    `frees` of these are held back for this reason alone; 0 also where counting them takes too long.
    """

    count: CodeCount
    examples: tuple[RecordFinding, ...]
    frees: int

    @property
    def kind(self) -> Kind:
        return kinds()[self.count.code]


class Groups(Struct, frozen=True):
    """The groups, the gravest first, of these the most useful to fix; `None` if they could not be counted in time."""

    groups: tuple[Group, ...] | None


# -------------------------------------------------------------------------------------------------- reading


def _choice(asked: Asked, filters: dict[str, str]) -> ArticleChoice | None:
    code = asked.path.get("code")
    if code is not None and code not in kinds():
        raise NotFound(f"There is no finding {parts.shortened(code, 60)}")
    return choice_of(asked.config, filters | ({"code": code} if code else {}))


def _severity(chosen: Chosen) -> Severity | None:
    return next((severity for severity in SEVERITIES if severity == chosen.get("severity")), None)


def _rows(asked: Asked, chosen: Chosen) -> Sequence[Row]:
    choice, severity = _choice(asked, dict(chosen.filters)), _severity(chosen)
    if choice is None or (chosen.get("severity") and severity is None):
        return ()
    article_id, _, position = (chosen.after or "").partition("-")
    after = (whole(article_id, asked), whole(position, asked)) if chosen.after else None
    found = asked.store.search.findings(choice, severity, after=after, limit=chosen.limit)
    tables = asked.config.journal_tables
    return [Row(f"{one.article_id}-{one.position}", worded_finding(one.row, tables)) for one in found]


def whole(text: str, asked: Asked) -> int:
    """A part of a key. Raises `BadRequest`."""
    return structs.replace(asked, query={"after": text or "x"}).number("after") or 0


def _groups(asked: Asked) -> Groups:
    filters = {name: value for name in _LABELS if (value := asked.query.get(name, "").strip())}
    choice = _choice(asked, filters)
    if choice is None:
        return Groups(())
    counts = remembered_in_time(asked, ("codes", choice), lambda: asked.store.search.codes(choice))
    if counts is None:
        return Groups(None)
    frees = remembered_in_time(asked, ("frees", choice), lambda: asked.store.search.frees(choice)) or {}
    severity = filters.get("severity")
    known = [one for one in counts if one.code in kinds() and severity in (None, kinds()[one.code].severity)]
    known.sort(
        key=lambda one: (
            SEVERITIES.index(kinds()[one.code].severity),
            -frees.get(one.code, 0),
            -one.articles,
            one.code,
        )
    )
    return Groups(tuple(Group(one, _examples(asked, one), frees.get(one.code, 0)) for one in known))


def _examples(asked: Asked, count: CodeCount) -> tuple[RecordFinding, ...]:
    """The first finding with the code of each of a few records."""
    found = []
    for article_id in count.examples:
        choice = ArticleChoice(code=count.code)
        place = asked.store.search.findings(choice, after=(article_id, -1), limit=1)
        found += [worded_finding(one.row, asked.config.journal_tables) for one in place]
    return tuple(found)


def _facets(asked: Asked, _: Chosen) -> Sequence[Facet]:
    """Only the severities are counted: counting the findings of every source takes seconds."""
    sources = [Value(name, foreign(name)) for name in _sources(asked)]
    titles = in_time(asked.store.search.journals)
    journals = journal_values(asked.config, None if titles is None else dict.fromkeys(titles, 0), titles or {})
    uncounted = [structs.replace(value, number=None) for value in journals or ()]
    severities = [Value(severity, words.SEVERITIES[severity]) for severity in SEVERITIES]
    return (
        Facet(name="severity", label="Severity", values=severities),
        Facet(name="source", label="Source", values=sources),
        Facet(name="journal", label="Journal", values=None if journals is None else uncounted),
    )


def _sources(asked: Asked) -> list[str]:
    with asked.store.overview() as overview:
        stored = [status.source for status in overview.status()]
    return sorted({*asked.config.sources, *stored})


# -------------------------------------------------------------------------------------------------- groups


def _show_groups(found: Groups, context: Context) -> Part:
    if found.groups is None:
        words_ = "There are too many to count in a second. Choose a source or a journal, or run "
        return parts.card(tag("p", words_, tag("code", "harvester check"), "."))
    if not found.groups:
        if context.links.query:
            everything = tag("a", "Show everything", href=context.links.here(**dict.fromkeys(_LABELS)))
            return parts.card(tag("p", "Nothing matches these filters. ", everything))
        return parts.card(tag("p", "Nothing found. Every record is as it should be."))
    return [_of_who(who, heading, found.groups, context) for who, heading in words.WHO.items()]


def _of_who(who: str, heading: str, groups: Sequence[Group], context: Context) -> Part:
    cards = [_group(group, context) for group in groups if group.kind.who == who]
    return parts.section(heading, cards, id_=f"who-{who}") if cards else ()


def _group(group: Group, context: Context) -> Html:
    kind, code = group.kind, group.count.code
    first = group.examples[0] if group.examples else None
    is_alone = group.count.findings == 1 and first is not None
    message = parts.finding(code, first.message if first and is_alone else outline(kind))
    return parts.card(
        tag(
            "div",
            tag("span", kind.severity, class_=f"badge {kind.severity}"),
            tag("h3", message),
            tag("a", counted(group.count.articles, "record"), href=_records(code, context), class_="count"),
            class_="title",
        ),
        tag("p", f"Fixing this releases {counted(group.frees, 'record')}.") if group.frees else (),
        tag(
            "p", tag("strong", "What to do: "), parts.finding(code, first.fix if first else example_remedy(kind), "fix")
        ),
        tag("p", tag("strong", "Cause: "), parts.finding(code, kind.cause, "cause")),
        _show_examples(group, context, with_message="…" in outline(kind) and not is_alone),
        tag("p", "Code: ", tag("a", tag("code", code), href=_records(code, context)), class_="soft"),
    )


def _records(code: str, context: Context) -> str:
    """The records with this finding, with the filters of this list."""
    query = {name: value for name, value in context.links.query.items() if name in ("source", "journal")}
    return context.links.to("finding", code=code, **query)


def _show_examples(group: Group, context: Context, *, with_message: bool) -> Part:
    items = [
        tag("li", _record(one, context), (tag("br"), parts.finding(one.code, one.message)) if with_message else ())
        for one in group.examples
    ]
    more = group.count.articles - len(items)
    rest = tag("li", tag("a", f"and {more:,} more", href=_records(group.count.code, context))) if more > 0 else ()
    return tag("ul", items, rest, class_="examples")


def _record(one: RecordFinding, context: Context) -> Part:
    link = context.links.to("record", source=one.source, id=one.record)
    name = foreign(parts.shortened(one.title, _TITLE)) if one.title else "No title"
    return (
        tag("a", name, href=link),
        " ",
        tag("span", tag("code", foreign(parts.shortened(one.record, 200))), " in ", foreign(one.source), class_="soft"),
    )


FINDINGS: ListPage[Row] = ListPage(
    title="Findings",
    plural="findings",
    labels=_LABELS,
    rows=_rows,
    key=lambda row: row.key,
    facets=_facets,
    columns=(),
    document=lambda row: structs.asdict(row.finding),
    csv=RecordFinding.__struct_fields__,
    empty=lambda _: "",
    before=_groups,
    above=_show_groups,
    has_rows=False,
)


# ------------------------------------------------------------------------------------------------- one code


def _facets_of_code(asked: Asked, chosen: Chosen) -> Sequence[Facet]:
    filters = {**chosen.filters, "code": asked.path["code"]}
    return [facet for facet in facets_of(asked, structs.replace(chosen, filters=filters)) if facet.name != "code"]


def _explain(code: str, _: Context) -> Html:
    kind = kinds()[code]
    return parts.card(
        tag("p", tag("span", kind.severity, class_=f"badge {kind.severity}"), " ", MEANING[kind.severity]),
        parts.facts(
            ("Says", parts.finding(code, outline(kind))),
            ("Cause", parts.finding(code, kind.cause, "cause")),
            ("What to do", parts.finding(code, example_remedy(kind), "fix")),
            ("Who can do it", WHO[kind.who]),
            ("Example", parts.finding(code, kind.example, "example")),
        ),
        class_="explained",
    )


def _title(row: Row, context: Context) -> Part:
    one = row.finding
    link = context.links.to("record", source=one.source, id=one.record)
    name = foreign(parts.shortened(one.title, _TITLE)) if one.title else "No title"
    return tag("span", tag("a", name, href=link), tag("br"), tag("code", foreign(one.record)), class_="wide")


def _message(row: Row, _: Context) -> Part:
    return tag("p", parts.finding(row.finding.code, row.finding.message))


def _doi(row: Row, _: Context) -> Part:
    return tag("code", foreign(parts.shortened(row.finding.doi, 80)), class_="wrapped") if row.finding.doi else ""


FINDING: ListPage[Row] = ListPage(
    title="Finding",
    plural="findings",
    labels={name: label for name, label in LABELS.items() if name not in ("q", "code")},
    rows=_rows,
    key=lambda row: row.key,
    facets=_facets_of_code,
    columns=(
        Column(heading="Title and identifier", cell=_title),
        Column(heading="What is wrong", cell=_message),
        Column(heading="Field", cell=lambda row, _: tag("code", row.finding.path)),
        Column(heading="DOI", cell=_doi),
        Column(heading="Source", cell=lambda row, _: foreign(row.finding.source)),
    ),
    document=lambda row: structs.asdict(row.finding),
    csv=RecordFinding.__struct_fields__,
    empty=lambda _: tag("p", "No record has this finding."),
    before=lambda asked: asked.path["code"],
    above=_explain,
    heading=lambda code: code,
    is_stacked=True,
)
