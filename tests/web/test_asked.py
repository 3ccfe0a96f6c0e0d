"""Parameters that must be numbers."""

import pytest
from werkzeug.exceptions import BadRequest

from harvester.web.asked import whole_number


def test_numbers_that_the_store_can_have():
    assert whole_number("0", "limit") == 0
    assert whole_number(str(2**63 - 1), "limit") == 2**63 - 1


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1e3", "x", "²", "٣", str(2**63), "9" * 5000, " 1", "0x1"])
def test_anything_else_is_refused(text):
    with pytest.raises(BadRequest, match="limit must be a whole number"):
        whole_number(text, "limit")
