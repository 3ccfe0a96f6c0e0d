"""`/login`: one field."""

from __future__ import annotations

from msgspec import Struct

from harvester.markup import tag
from harvester.web import parts
from harvester.web.asked import Body, Context
from harvester.web.kinds import Page


class LogIn(Struct, frozen=True, kw_only=True):
    """`next`: the address to go to afterwards. `is_wrong`: the last password was."""

    next: str = ""
    is_wrong: bool = False


def show(facts: LogIn, context: Context) -> Body:
    wrong = tag("p", parts.state("bad", "This password is wrong."), id="wrong", role="alert") if facts.is_wrong else ()
    field = tag(
        "input",
        type="password",
        name="password",
        id="password",
        autocomplete="current-password",
        required=True,
        autofocus=True,
        aria_describedby="wrong" if facts.is_wrong else None,
    )
    form = tag(
        "form",
        tag("input", type="hidden", name="next", value=facts.next),
        tag("label", "Password", for_="password"),
        field,
        tag("p", tag("button", "Log in", class_="main")),
        method="post",
        action=context.links.to("log-in"),
    )
    forgotten = "Forgotten? Whoever runs this server sets a new one with "
    words = tag("p", forgotten, tag("code", "harvester web password"), ".", class_="soft")
    return Body(title="Log in", content=parts.card(wrong, form, words, class_="narrow"))


LOGIN: Page[LogIn] = Page(read=lambda asked: LogIn(next=asked.query.get("next", "")), show=show)
