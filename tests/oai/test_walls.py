"""Protection against robots, as its products answer."""

from __future__ import annotations

import pytest

from harvester import __version__
from harvester.oai import BadAnswer, BadStatus
from tests.oai.one_page import HTML, PAGE, harvest, refused
from tests.providers.server import reply


def page(title: str, text: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{text}</body></html>"


WALLS = [
    ("Cloudflare", reply(page("Just a moment..."), 403, cf_mitigated="challenge", Server="cloudflare")),
    ("Cloudflare", reply(page("Un momento", "<script src='/cdn-cgi/challenge-platform/h/g'></script>"), 503)),
    ("Cloudflare", reply(page("Attention Required! | Cloudflare"), 429)),
    ("AWS WAF", reply("", 202, x_amzn_waf_action="challenge")),
    ("AWS WAF", reply(page("Captcha"), 405, x_amzn_waf_action="captcha")),
    ("Anubis", reply(page("Making sure you&#39;re not a bot!"))),
    ("Incapsula", reply("<html><body><iframe src='/_Incapsula_Resource?SWUDNSAI=31'></iframe></body></html>")),
    ("Are you a robot?", reply(page("Are you a robot?", "Answer this"))),
    ("Please wait", reply(page("Please wait", "We are verifying you are human."), 403)),
]


@pytest.mark.parametrize(("name", "answer"), WALLS)
def test_a_wall_is_named_and_what_its_administrator_needs(name, answer):
    fault, *_ = refused(answer, retries=0)
    assert isinstance(fault, BadStatus | BadAnswer)
    said = str(fault)
    assert said.startswith("the site's protection against robots (")
    assert name in said
    assert "ask the site's administrator to let it through" in said
    assert f"harvester/{__version__}" in said
    assert "/oai," in said
    assert "verb=" not in said


def test_a_wall_in_front_of_one_page_is_waited_for():
    wall = reply(page("Just a moment..."), 503, cf_mitigated="challenge")
    records, server = harvest(wall, reply(PAGE))
    assert len(records.records) == 2
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [202, 405, 406, 418])
def test_a_refusal_without_a_sign_may_be_a_wall_or_a_wrong_address(status):
    fault, *_ = refused(reply("", status), retries=0)
    assert "check the address of the source; if it is right" in str(fault)
    assert "protection against robots may block" in str(fault)


@pytest.mark.parametrize("answer", [reply(HTML), reply(HTML, 404), reply(HTML, 500), reply(page("Sign in"), 401)])
def test_other_pages_are_not_called_a_wall(answer):
    fault, *_ = refused(answer, retries=0)
    assert not str(fault).startswith("the site's protection")


def test_a_proxy_that_wants_a_login_is_not_taken_for_the_provider():
    fault, *_ = refused(reply("Proxy authentication required", 407, Proxy_Authenticate='Basic realm="x"'), retries=0)
    assert "a proxy between this machine and the provider asks for a login" in str(fault)
    assert "check username" not in str(fault)
