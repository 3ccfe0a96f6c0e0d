"""What is not shown of a secret: the text of answers and of errors."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from html import escape
from urllib.parse import quote, quote_plus

import pytest

from harvester.errors import HarvesterError, Stopped
from harvester.system.confidential import confidential, without

SECRET = "päss & <w0rd>/2"
FORMS: list[Callable[[str], str]] = [str, escape, json.dumps, quote, quote_plus, repr, lambda text: repr(text.encode())]


def ending(error: BaseException, *secrets: str) -> BaseException:
    with pytest.raises(BaseException) as caught, confidential(*secrets):  # noqa: PT011
        raise error
    return caught.value


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_secret_is_kept_out(form: Callable[[str], str]):
    assert without(f"you sent {form(SECRET)}", SECRET).strip("b\"'").startswith("you sent ")
    assert "w0rd" not in without(f"you sent {form(SECRET)}", SECRET)
    shown = "".join(traceback.format_exception(ending(RuntimeError(f"sent {form(SECRET)}"), "other", SECRET)))
    assert "w0rd" not in shown
    assert "RuntimeError in test_confidential.py, line " in shown


def test_a_secret_in_the_arguments_or_in_a_cause_is_kept_out():
    inner = ValueError({"body": f"login_passwd={SECRET}".encode()})
    outer = RuntimeError("failed")
    outer.__cause__ = inner
    for error in (inner, outer):
        assert isinstance(found := ending(error, SECRET), HarvesterError)
        assert "w0rd" not in "".join(traceback.format_exception(found))


@pytest.mark.parametrize(
    "error", [RuntimeError("a bug"), Stopped("stopped"), KeyboardInterrupt(), OSError(28, "No space left", "päss")]
)
def test_another_error_is_what_it_was(error: BaseException):
    assert ending(error, SECRET, "") is error


def test_a_short_secret_hides_no_error():
    error = RuntimeError("see the end")
    assert ending(error, "e") is error
    assert without("the end", "") == "the end"
