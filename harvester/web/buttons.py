"""Buttons that ask for something. They are shown only to people who may act."""

from __future__ import annotations

from harvester.markup import Html, Part, tag
from harvester.web.asked import Context


def at_once(context: Context, what: str, words: str, *, subject: str, **choices: str | None) -> Part:
    """A button that asks for it with one click."""
    return form(context, what, hidden(subject=subject, **choices), words) if context.may_act else ()


def after_a_question(context: Context, what: str, words: str, *, subject: str, **choices: str | None) -> Part:
    """A link to the page that says what would be done, to how much, and asks."""
    if not context.may_act:
        return ()
    return tag("a", words, href=context.links.to("ask", what=what, subject=subject, **choices), class_="button")


def of_source(context: Context, name: str, *, is_at_work: bool = False) -> Part:
    """What can be asked for about one source: while a process is at work on it, that it stops."""
    if is_at_work:
        return row(at_once(context, "stop", "Stop after this page", subject=name))
    return row(
        at_once(context, "harvest", "Harvest now", subject=name),
        at_once(context, "test", "Test", subject=name),
        after_a_question(context, "compare", "Compare", subject=name),
        after_a_question(context, "full", "Harvest all records", subject=name),
        after_a_question(context, "rebuild", "Rebuild", subject=name),
    )


def form(
    context: Context, what: str, fields: Part, words: str, *, sends_file: bool = False, is_main: bool = False
) -> Html:
    """A form that asks for it."""
    return tag(
        "form",
        fields,
        tag("button", words, class_="main" if is_main else None),
        method="post",
        action=context.links.to("ask-for", what=what),
        enctype="multipart/form-data" if sends_file else None,
    )


def hidden(**values: str | None) -> list[Html]:
    return [tag("input", type="hidden", name=name, value=value) for name, value in values.items() if value]


def row(*buttons: Part) -> Part:
    """Buttons side by side; nothing if there are none."""
    shown = [button for button in buttons if button != ()]
    return tag("div", shown, class_="actions") if shown else ()
