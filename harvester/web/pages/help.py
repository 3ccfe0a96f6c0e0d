"""`/help`: what the signs mean, the keys, and where more is written."""

from __future__ import annotations

from harvester import __version__
from harvester.markup import Html, tag
from harvester.standing.source import LIGHTS, Light
from harvester.web import parts
from harvester.web.asked import Asked, Body, Context
from harvester.web.kinds import Page
from harvester.web.layout import MENU
from harvester.web.run_parts import STATES

_LIGHTS: dict[Light, str] = {
    "bad": "The last harvest failed, or none comes though one is due. Its page says what to do.",
    "wait": "It was never harvested, is being harvested, or continues later by itself.",
    "look": "It is harvested, and something about it is doubtful. Its page says what.",
    "good": "The last harvest was complete.",
}
_RUNS = {
    "running": "A process is at work on it.",
    "failed": "The provider or its answers could not be used. The next harvest tries again.",
    "incomplete": "Something is missing. The next harvest requests it.",
    "waiting": "The provider wants no requests for a while. The run continues after that.",
    "complete": "Everything that was requested has arrived.",
}
_KEYS = {
    "/": "to the search field",
    "j and k": "to the next and the previous row",
    "Enter": "opens the row",
    "?": "this page",
    "Esc": "leaves a field",
}


def _show(_: None, context: Context) -> Body:
    pages = {f"g {letter}": words for name, (words, letter) in MENU.items() if context.links.has(name)}
    keys = [_pair(tag("kbd", key), words) for key, words in (_KEYS | pages).items()]
    box = tag("input", type="checkbox", id="shortcuts", data_shortcuts=True)
    switch = tag("p", tag("label", box, " Use these keys in this browser", for_="shortcuts"), hidden=True)
    return Body(
        title="Help",
        content=(
            parts.section(
                "Sources",
                tag(
                    "dl",
                    [_pair(parts.state(light, LIGHTS[light]), words) for light, words in _LIGHTS.items()],
                    class_="terms",
                ),
                id_="sources",
            ),
            parts.section(
                "Runs",
                tag(
                    "dl", [_pair(parts.state(*STATES[state]), words) for state, words in _RUNS.items()], class_="terms"
                ),
                id_="runs",
            ),
            parts.section("Keys", switch, tag("dl", keys, class_="terms"), id_="keys"),
            parts.section("More", _more(context), id_="more"),
        ),
    )


def _pair(term: Html, words: str) -> Html:
    return tag("div", tag("dt", term), tag("dd", words))


def _more(context: Context) -> Html:
    return tag(
        "div",
        tag(
            "p",
            "Every list is also CSV and JSON, with the same filters; the links are below it. Times are those of ",
            tag("bdi", context.zone),
            ".",
        ),
        tag("p", "The documentation: ", tag("code", "harvester docs"), ". This is version ", __version__, "."),
    )


def _nothing(_: Asked) -> None:
    return None


HELP: Page[None] = Page(read=_nothing, show=_show)
