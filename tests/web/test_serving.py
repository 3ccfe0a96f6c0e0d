"""The page is not served where strangers could read it."""

import urllib.request

import pytest
from msgspec import structs

from harvester.config import Web
from harvester.errors import ConfigError
from harvester.web.serving import serve_page


def test_page_is_served(config, opened):
    with serve_page(lambda: config, "127.0.0.1:0") as address, urllib.request.urlopen(f"{address}runs") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"])
def test_open_address_is_refused(config, opened, listen):
    with pytest.raises(ConfigError, match=r"web.listen: .* can be reached by other machines"):
        serve_page(lambda: config, listen).__enter__()


def test_missing_password_is_refused(config, opened, tmp_path):
    protected = structs.replace(config, web=Web(password_file=str(tmp_path / "absent")))
    with pytest.raises(ConfigError, match="has no password yet"):
        serve_page(lambda: protected, "127.0.0.1:0").__enter__()
