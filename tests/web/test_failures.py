"""Every failure names the next step."""

from lxml import html
from werkzeug.exceptions import Forbidden, NotFound

from harvester.errors import StoreError
from harvester.markup import joined
from harvester.web import failures
from harvester.web.addresses import routes
from harvester.web.asked import Context
from harvester.web.failures import Failure
from harvester.web.links import Links
from tests.store.samples import NOW

ROUTES = routes().bind("localhost")
CONTEXT = Context(links=Links(ROUTES, "failure"), now=NOW)


def text(failure: Failure) -> str:
    body = failures.show(failure, CONTEXT)
    return str(html.fragment_fromstring(f"<div>{joined(body.content)}</div>").text_content())


def test_unknown_page():
    assert text(failures.of_http(NotFound(), "/rums", ROUTES)) == "The nearest page is /runs."
    assert failures.of_http(NotFound("There is no run 7"), "/runs/7", ROUTES).title == "There is no run 7"


def test_odd_path_is_not_repeated():
    assert "xyz" not in text(failures.of_http(NotFound(), "/xyz<script>" + "x" * 9000, ROUTES))


def test_refusal_says_why():
    failure = failures.of_http(Forbidden("Add this to [web] hosts."), "/", ROUTES)
    assert (failure.title, text(failure)) == ("Not allowed", "Add this to [web] hosts.")


def test_store_says_its_own_sentence():
    assert text(failures.of_store(StoreError("The disk is <full>."))) == "The disk is <full>."


def test_error_of_the_program_has_its_number():
    assert "error 00ff" in text(failures.of_program("00ff"))
    assert "takes more than a second" in text(failures.of_slow_query())
