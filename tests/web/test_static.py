"""Static files have their hash in the name, and nothing else is served."""

import re

import pytest

from harvester.web.static import BY_NAME, FILES
from tests.web.conftest import Browser


def test_files_may_be_kept_for_ever(browser: Browser):
    for file in FILES.values():
        assert re.fullmatch(r"[a-z]+\.[0-9a-f]{12}\.(css|js|svg)", file.name)
        seen = browser.get(f"/static/{file.name}")
        assert (seen.status, seen.body) == (200, file.content)
        assert seen.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert seen.headers["X-Content-Type-Options"] == "nosniff"


def test_style_sheet_contains_that_of_the_report():
    assert b".tiles" in FILES["web.css"].content


def test_script_is_short():
    assert len(FILES["page.js"].content.splitlines()) < 120


@pytest.mark.parametrize(
    "name", ["web.css", "..%2Fsite.py", "../site.py", "%2e%2e/%2e%2e/site.py", "/etc/passwd", "x\0.css"]
)
def test_nothing_else_is_served(browser: Browser, name: str):
    assert name not in BY_NAME
    assert browser.get(f"/static/{name}").status == 404
