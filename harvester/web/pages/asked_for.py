"""`/asked`: what people asked for, and `/asked/ID`: one wish, who does it and when, and what it did."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from werkzeug.exceptions import NotFound

from harvester.documents import Document
from harvester.markup import Html, Part, foreign, tag
from harvester.standing import wishes
from harvester.standing.wishes import Standing, WishState
from harvester.store import RunChoice, RunRow, Wish
from harvester.web import buttons, parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.kinds import Chosen, Column, Fragment, ListPage, Page

STATES: dict[WishState, tuple[parts.Tone, str]] = {
    "waiting": ("wait", "waits"),
    "under way": ("wait", "under way"),
    "interrupted": ("look", "interrupted"),
    "done": ("good", "done"),
    "failed": ("bad", "did not succeed"),
}


class OneWish(Struct, frozen=True, kw_only=True):
    """A wish, its state, and the run that does it, if it is about a source and one is under way."""

    wish: Wish
    standing: Standing
    run: RunRow | None = None


def document(one: OneWish) -> Document:
    """As docs/json.md describes it."""
    return {**msgspec.structs.asdict(one.wish), "state": one.standing.state, "words": one.standing.words}


# ------------------------------------------------------------------------------------------------- the list


def _rows(asked: Asked, chosen: Chosen) -> Sequence[OneWish]:
    found = asked.store.wishes.newest(before=chosen.after_number(), limit=chosen.limit)
    return [OneWish(wish=wish, standing=wishes.standing(asked.config, wish, asked.now)) for wish in found]


def _name(one: OneWish, context: Context) -> Part:
    return tag("a", wishes.title(one.wish), href=context.links.to("wish", id=one.wish.id))


def _outcome(one: OneWish, _: Context) -> Part:
    first = (one.wish.outcome or one.standing.words).partition("\n")[0]
    return (parts.state(*STATES[one.standing.state]), tag("p", parts.prose(first), class_="soft") if first else ())


WISHES: ListPage[OneWish] = ListPage(
    title="Asked for",
    plural="wishes",
    labels={},
    rows=_rows,
    key=lambda one: str(one.wish.id),
    facets=lambda _asked, _chosen: (),
    columns=(
        Column(heading="What", cell=_name),
        Column(heading="Asked", cell=lambda one, context: parts.moment(one.wish.asked, context)),
        Column(heading="By", cell=lambda one, _: foreign(one.wish.asked_by)),
        Column(heading="State", cell=_outcome),
    ),
    document=document,
    csv=("id", "what", "subject", "asked", "asked_by", "taken", "done", "state", "outcome"),
    empty=lambda _: tag("p", "Nobody has asked for anything on this page yet."),
)


# ------------------------------------------------------------------------------------------------- one wish


def _read(asked: Asked) -> OneWish:
    try:
        wish = asked.store.wishes.get(asked.path["id"])
    except LookupError:
        raise NotFound(f"Nothing was asked for with the number {asked.path['id']}") from None
    standing = wishes.standing(asked.config, wish, asked.now)
    run = _run(asked, wish) if standing.state == "under way" else None
    return OneWish(wish=wish, standing=standing, run=run)


def _run(asked: Asked, wish: Wish) -> RunRow | None:
    choice = RunChoice(source=wish.subject, state="running")
    return next(iter(asked.store.runs.find(choice, before=None, limit=1)), None)


def _show(one: OneWish, context: Context) -> Body:
    poll = context.links.to("wish-progress", id=one.wish.id)
    return Body(
        title=wishes.title(one.wish),
        content=(
            tag("div", _progress(one, context), id="progress", data_poll=poll if _is_open(one) else None),
            tag("p", tag("a", "All that was asked for", href=context.links.to("wishes"))),
        ),
    )


def _is_open(one: OneWish) -> bool:
    return one.standing.state in ("waiting", "under way")


def _progress(one: OneWish, context: Context) -> Html:
    wish = one.wish
    return tag(
        "div",
        parts.facts(
            ("State", parts.state(*STATES[one.standing.state])),
            ("Asked", (parts.moment(wish.asked, context), " by ", foreign(wish.asked_by))),
            ("Began", parts.moment(wish.taken, context) if wish.taken else ""),
            ("Ended", parts.moment(wish.done, context) if wish.done else ""),
        ),
        tag("p", parts.prose(one.standing.words), role="status") if one.standing.words else (),
        tag("pre", tag("code", one.standing.command), tabindex=0) if one.standing.command else (),
        tag("p", tag("a", f"Run {one.run.id}", href=context.links.to("run", id=one.run.id))) if one.run else (),
        _told(wish),
        _again(one, context),
        _where(wish, context),
        data_running=_is_open(one),
    )


def _told(wish: Wish) -> Part:
    """What it did: the first sentence, and the further lines as a list."""
    first, _, rest = wish.outcome.partition("\n")
    if not first:
        return ()
    lines = [tag("li", parts.prose(line.strip())) for line in rest.split("\n") if line.strip()]
    more = tag("ul", lines, class_="plain") if lines else ()
    return parts.section("What it did", parts.card(tag("p", parts.prose(first)), more), id_="outcome")


def _again(one: OneWish, context: Context) -> Part:
    """After a failure it can be requested again. With a filter, the DOIs are counted anew."""
    if one.standing.state not in ("interrupted", "failed") or one.wish.what == "log":
        return ()
    wish, choices = one.wish, {name: value for name, value in one.wish.choices.items() if name != "expected"}
    if wish.what in ("harvest", "test", "stop"):
        return buttons.row(buttons.at_once(context, wish.what, "Request it again", subject=wish.subject))
    return buttons.row(
        buttons.after_a_question(context, wish.what, "Request it again", subject=wish.subject, **choices)
    )


def _where(wish: Wish, context: Context) -> Part:
    """Where its result is to be seen."""
    if wishes.about(wish) == wishes.DEPOSITS:
        return tag("p", tag("a", "Deposits", href=context.links.to("deposits", target=wish.subject)))
    return tag("p", tag("a", f"The source {wish.subject}", href=context.links.to("source", name=wish.subject)))


WISH: Page[OneWish] = Page(read=_read, show=_show, document=lambda one: {"wish": document(one)})
PROGRESS: Fragment[OneWish] = Fragment(read=_read, show=_progress)
