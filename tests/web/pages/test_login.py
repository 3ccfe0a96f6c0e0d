"""The form to log in; tests/web/access/test_gate.py logs in."""

from harvester.web.pages.login import LogIn, show
from tests.web.conftest import Browser
from tests.web.test_parts import CONTEXT


def test_form_has_one_field_that_programs_may_fill_in(browser: Browser):
    page = browser.get("/login?next=/runs").page
    assert page.xpath("//form/@method") == ["post"]
    assert page.xpath("//input[@type='password']/@autocomplete") == ["current-password"]
    assert page.xpath("//label/@for") == page.xpath("//input[@type='password']/@id")
    assert page.xpath("//input[@name='next']/@value") == ["/runs"]
    assert not page.xpath("//header//nav")


def test_wrong_password_is_said_at_the_field():
    content = "".join(map(str, [show(LogIn(next='"><script>', is_wrong=True), CONTEXT).content]))
    assert 'role="alert"' in content
    assert 'aria-describedby="wrong"' in content
    assert "<script>" not in content
