"""What the browser is told about a cookie; where cookies are set, tests/web/access and tests/web/languages look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from harvester.web.cookies import remember


def told(base: str, lasts: timedelta) -> set[str]:
    response = Response()
    remember(response, Request(EnvironBuilder(base_url=base).get_environ()), "kind", "moss", lasts)
    return set(response.headers["Set-Cookie"].split("; "))


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_it_is_for_this_site_below_its_path_and_not_for_scripts(scheme: str, is_secure: bool):
    found = told(f"{scheme}://reeds.example/library", timedelta(hours=1))
    assert {"kind=moss", "Max-Age=3600", "HttpOnly", "SameSite=Lax", "Path=/library/"} <= found
    assert ("Secure" in found) == is_secure


def test_without_time_it_is_deleted():
    assert "Max-Age=0" in told("http://reeds.example/", timedelta(0))
