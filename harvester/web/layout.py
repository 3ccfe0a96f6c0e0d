"""The frame around every page: skip link, menu, heading, footer."""

from __future__ import annotations

from harvester import __version__
from harvester.markup import Html, Part, tag
from harvester.web.asked import Body, Context
from harvester.web.languages.catalogue import NAMES
from harvester.web.static import FILES

# The entries. One is shown once its page exists; the letter after `g` opens it.
MENU = {
    "home": ("Overview", "o"),
    "sources": ("Sources", "s"),
    "findings": ("Findings", "f"),
    "records": ("Records", "r"),
    "completeness": ("Completeness", "c"),
    "deposits": ("Deposits", "d"),
    "runs": ("Runs", "u"),
}
_SECTIONS = {
    "run": "runs",
    "source": "sources",
    "finding": "findings",
    "record": "records",
    "deposit": "deposits",
    "dois": "deposits",
    "doi": "deposits",
}


def document(body: Body, context: Context) -> str:
    """A whole page, as the text of an HTML file in UTF-8."""
    links = context.links
    head = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{body.title} · Harvester", translate="no" if body.heading else None),
        tag("link", rel="icon", href=links.to("static", file=FILES["icon.svg"].name), type="image/svg+xml"),
        tag("link", rel="stylesheet", href=links.to("static", file=FILES["web.css"].name)),
        tag("script", "", src=links.to("static", file=FILES["page.js"].name), defer=True),
    )
    inner = (
        tag("a", "Skip to the content", href="#content", class_="skip"),
        _menu(context),
        tag("p", id="status", role="status", class_="hidden"),
        tag("main", tag("h1", body.heading or body.title), body.content, id="content", tabindex=-1),
        _footer(context),
    )
    return f"<!DOCTYPE html>\n{tag('html', tag('head', head), tag('body', inner), lang='en', dir='ltr')}\n"


def _menu(context: Context) -> Part:
    links = context.links
    if links.name == "login":
        return ()  # there is nothing to see before
    here = _SECTIONS.get(links.name, links.name)
    entries = [
        tag("li", tag("a", words, href=links.to(name), aria_current="page" if name == here else None, data_key=letter))
        for name, (words, letter) in MENU.items()
        if links.has(name)
    ]
    return tag("header", tag("nav", tag("ul", entries), aria_label="Main"), class_="menu")


def _footer(context: Context) -> Html:
    links = context.links
    words = [tag("span", f"Harvester {__version__}")]
    if links.name != "login":
        words.append(tag("a", "Asked for", href=links.to("wishes")))
    if links.has("help"):
        words.append(tag("a", "Help", href=links.to("help"), data_help=True))
    if context.may_log_in:
        words.append(tag("a", "Log in", href=links.to("login")))
    if context.may_log_out:
        button = tag("button", "Log out", class_="plain")
        words.append(tag("form", button, method="post", action=links.to("log-out")))
    return tag("footer", words, _languages(context))


def _languages(context: Context) -> Part:
    """This page in each language, named in its own words."""
    links = [
        tag("li", tag("a", NAMES[code], href=href, lang=code, hreflang=code, aria_current="true" if is_here else None))
        for code, href in context.languages.items()
        for is_here in [code == context.language]
    ]
    return tag("nav", tag("ul", links), aria_label="Language", class_="languages") if links else ()
