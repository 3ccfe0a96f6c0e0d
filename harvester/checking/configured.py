"""What the store has from before against what config.toml says now: sources, sets and formats that were renamed,
narrowed or removed.

Only what is configured counts, in `status`, metrics and reports alike. The rest is named with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import Config, Source
from harvester.counting import counted
from harvester.store import Overview, SourceStatus
from harvester.tomltext import as_toml

_MANY = 0.5  # the share of a source's identifiers that another one has, if both are probably one


class Leftover(Struct, frozen=True, kw_only=True):
    """A source that the store has and the configuration does not name, with its number of records.

    `looks_like`: the configured source that it probably was, with `has_records` if that was harvested already.
    """

    source: str
    records: int
    looks_like: str | None = None
    has_records: bool = False

    @property
    def command(self) -> str:
        """What to run."""
        if self.looks_like and not self.has_records:
            return f"harvester source rename {self.source} {self.looks_like}"
        return f"harvester source forget {self.source}"

    def sentence(self) -> str:
        records = counted(self.records, "record")
        has = f"The store has {records} of the source {self.source}, which is not in config.toml"
        if self.looks_like is None:
            return f"{has}. They are not exported. `{self.command}` removes them."
        if self.has_records:
            return f"{has} any more; {self.looks_like} has the same records. `{self.command}` removes the old ones."
        return (
            f"{has} any more. {self.looks_like} looks like it: to keep its records and history, run `{self.command}`."
        )


class Notice(Struct, frozen=True):
    """A doubt about a configured source, and what to do about it."""

    what: str
    todo: str


def configured_statuses(config: Config, overview: Overview) -> dict[str, SourceStatus]:
    """The configured sources that the store has, by name, with the configured ones of their formats.

    What the present sets leave outside counts as held back, also before the articles are rebuilt with them.
    """
    statuses = (status for status in overview.status() if status.source in config.sources)
    return {status.source: _configured(config.sources[status.source], status, overview) for status in statuses}


def _configured(source: Source, status: SourceStatus, overview: Overview) -> SourceStatus:
    formats = tuple(row for row in status.formats if row.prefix in source.formats)
    outside = 0
    if source.sets and _earlier_sets(overview, source) is not None:
        outside = overview.ready_outside(source.name, source.formats, source.sets)
    return replace(status, formats=formats, ready=status.ready - outside, held_back=status.held_back + outside)


def leftovers(config: Config, overview: Overview) -> list[Leftover]:
    """The sources that are not configured any more."""
    if overview.source_names() <= config.sources.keys():
        return []  # each new source asks before its first harvest, and the status is about all sources
    return [_leftover(config, overview, one) for one in overview.status() if one.source not in config.sources]


def _leftover(config: Config, overview: Overview, status: SourceStatus) -> Leftover:
    name = status.source
    records = status.ready + status.held_back + status.deleted
    harvested = [other for other in config.sources if overview.has_records(other)]
    for other in harvested:
        if records and overview.shared_identifiers(name, other) >= _MANY:
            return Leftover(source=name, records=records, looks_like=other, has_records=True)
    new = (source for source in config.sources.values() if source.name not in harvested)
    same = next((source.name for source in new if _address(source.url) == _address(status.url)), None)
    return Leftover(source=name, records=records, looks_like=same if records else None)


def _address(url: str) -> str:
    """An address without what may differ between two of one endpoint."""
    return url.partition("://")[2].rstrip("/").lower()


# --------------------------------------------------------------------------------------- configured sources


def warnings_before_harvest(config: Config, overview: Overview, source: Source) -> list[str]:
    """What a person should know before the source is harvested with its present configuration."""
    left = [] if overview.has_records(source.name) else leftovers(config, overview)
    renamed = [one.sentence() for one in left if one.looks_like == source.name]
    removed = _changed_sets(overview, source) if not source.sets else ()
    return [*renamed, *(f"{source.name}: {notice.what}; {notice.todo}" for notice in removed)]


def notices(config: Config, overview: Overview) -> dict[str, list[Notice]]:
    """The doubts about each configured source that has any."""
    counts = overview.finding_counts([code for codes, _, _ in _COUNTED for code in codes])
    statuses = {status.source: status for status in overview.status()}
    found: dict[str, list[Notice]] = {}
    for name, source in config.sources.items():
        rows = [*_changed_sets(overview, source), *_counted(name, counts)]
        if rows := rows or [*nothing_usable(statuses.get(name))]:
            found[name] = rows
    return found


def _earlier_sets(overview: Overview, source: Source) -> set[str] | None:
    """The sets of the last complete harvest, if they are not the present ones; `None` if they are."""
    known = (overview.last_complete_sets(source.name, prefix) for prefix in source.formats)
    return next((sets for sets in known if sets is not None and sets != set(source.sets)), None)


def nothing_usable(status: SourceStatus | None) -> Iterator[Notice]:
    """A source whose harvests work, and which brings nothing that can be exported."""
    if status is None or status.ready:
        return
    if status.held_back:
        held = counted(status.held_back, "record")
        yield Notice(
            f"nothing of it can be exported: all its articles are held back ({held})",
            f"`harvester check {status.source} --severity error` says why",
        )
    elif any(one.last_complete for one in status.formats):
        yield Notice(
            "it has no live article",
            f"see whether `sets` and `url` under [sources.{status.source}] are those of the journal",
        )


def _changed_sets(overview: Overview, source: Source) -> Iterator[Notice]:
    """Until everything was harvested by the present sets. They may have been removed by mistake."""
    before = _earlier_sets(overview, source)
    if before and not source.sets:
        lines = f"sets = {as_toml(sorted(before))} under [sources.{source.name}]"
        yield Notice(
            f"it was harvested by sets ({', '.join(sorted(before))}) and names none any more, so the next harvest "
            "requests the whole repository",
            f"to keep the old sets, set {lines}",
        )
    elif before is not None:
        yield Notice(
            f"its sets were changed after its last complete harvest ({', '.join(sorted(before)) or 'no sets'})",
            f"`harvester harvest {source.name}` applies them",
        )


def _counted(name: str, counts: Mapping[tuple[str, str], int]) -> Iterator[Notice]:
    for codes, what, todo in _COUNTED:
        if number := sum(counts.get((name, code), 0) for code in codes):
            yield Notice(what.format(records=counted(number, "record")), todo.format(source=name, code=codes[0]))


# The findings that concern a source as a whole, with the words about their number.
_COUNTED = (
    (
        ("set-not-configured",),
        "{records} outside of the configured sets, not exported",
        "`harvester check --code {code}` lists them, `harvester reconcile {source} --confirm` removes them",
    ),
    (
        ("set-unknown",),
        "{records} of which it is not known whether they are in the configured sets, not exported",
        "`harvester harvest {source}` requests the lists of the sets, `harvester reconcile {source} --confirm` removes "
        "what none of them has",
    ),
    (
        ("journal-not-configured",),
        "{records} of journals that config.toml does not name, not exported",
        "`harvester check --code {code}` names them; add their tables, or set `sets` again",
    ),
    (
        ("identifier-changed",),
        "{records} with the DOI of another record of this source, held back: their OAI identifiers have changed, as "
        "they do when a site moves",
        "`harvester reconcile {source} --confirm` removes those that the provider has no more",
    ),
)
