"""Every address has the forms of its kind."""

import pytest
from werkzeug.exceptions import NotFound

from harvester.web.addresses import ADDRESSES, LOG_IN, LOG_OUT, forms, routes
from harvester.web.kinds import Action, ListPage


def test_names_and_paths_are_used_once():
    assert len({address.name for address in ADDRESSES}) == len(ADDRESSES)
    assert len({address.path for address in ADDRESSES}) == len(ADDRESSES)
    assert not [address.name for address in ADDRESSES if "." in address.name]


def test_lists_are_json_and_csv_too():
    for address in ADDRESSES:
        if isinstance(address.target, ListPage):
            assert forms(address.target) == ("json", "csv")


def test_what_changes_something_is_no_get():
    changing = {address.name for address in ADDRESSES if isinstance(address.target, Action)} | {LOG_IN, LOG_OUT}
    for rule in routes().iter_rules():
        assert (rule.methods or set()) - {"HEAD", "OPTIONS"} == {"POST" if rule.endpoint in changing else "GET"}


@pytest.mark.parametrize("path", ["/runs/٣", "/runs/1234567890123456789", "/runs/-1", "/runs//1"])
def test_odd_paths_are_not_found(path):
    with pytest.raises(NotFound):
        routes().bind("localhost").match(path)
