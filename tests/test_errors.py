"""The exceptions, and what each of them means to the code that catches it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester import errors
from harvester.errors import BadStatus, ConfigError, HarvesterError, OaiCode, ProtocolError, ProviderError

EXAMPLES: list[HarvesterError] = [
    errors.AgencyError("blocked"),
    errors.AgencyUnavailable("not now"),
    errors.BadAnswer("a web page"),
    BadStatus("not now", 503),
    errors.BundleError("no schema"),
    errors.BusyError("at work"),
    errors.RunTaken("taken up"),
    ConfigError(["a", "b"]),
    errors.DoiTaken("another has it"),
    errors.ExportError("not valid"),
    errors.Interruption("later"),
    errors.LogError("a web page"),
    errors.PrivateAddress("10.0.0.1"),
    ProtocolError("badVerb", ""),
    ProviderError("no"),
    errors.QueryTimeout("more than a second"),
    errors.Refusal("so"),
    errors.RefusedAddress("ftp"),
    errors.Stopped("stopped"),
    errors.StoreError("damaged"),
    errors.StoreLocked("locked"),
    errors.TitleListError("a web page"),
    errors.TooBig("a million"),
    errors.TooSlow("a day"),
    errors.Unreachable("no such host"),
    errors.WaitUntil("in an hour", datetime(2025, 1, 1, tzinfo=UTC)),
]


def test_every_error_is_a_harvester_error():
    classes = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)}
    assert {type(one) for one in EXAMPLES} == classes - {HarvesterError}
    assert all(isinstance(one, HarvesterError) and str(one) for one in EXAMPLES)


def test_interruption_is_no_provider_error():
    stopping = {"Interruption", "Stopped", "WaitUntil"}
    assert {type(one).__name__ for one in EXAMPLES if isinstance(one, errors.Interruption)} == stopping
    assert not [one for one in EXAMPLES if isinstance(one, errors.Interruption) and isinstance(one, ProviderError)]


def test_exit_codes_of_errors():
    """1 is a failure, 2 the configuration or a file that was named, 75 busy (sysexits.h: try again later)."""
    others = {type(one).__name__: one.exit_code for one in EXAMPLES if one.exit_code != 1}
    busy = {"BusyError": 75, "RunTaken": 75, "StoreLocked": 75}
    assert others == {**busy, "ConfigError": 2, "LogError": 2, "TitleListError": 2}


@pytest.mark.parametrize(
    ("status", "transient", "overloaded"),
    [
        (400, False, False),
        (403, False, False),
        (404, False, False),
        (408, True, False),
        (410, False, False),
        (425, True, False),
        (429, True, True),
        (499, False, False),
        (500, True, False),
        (503, True, True),
        (504, True, False),
    ],
)
def test_http_status_is_transient_or_overloaded(status, transient, overloaded):
    error = BadStatus("words", status, 3.0)
    assert (error.transient, error.overloaded) == (transient, overloaded)
    assert (error.status, error.retry_after) == (status, 3.0)


def test_default_of_transient_for_each_error():
    transient = {type(error).__name__ for error in EXAMPLES if isinstance(error, ProviderError) and error.transient}
    assert transient == {"BadStatus", "Unreachable"}
    assert errors.BadAnswer("nothing at all", transient=True).transient
    assert not errors.Unreachable("a certificate", transient=False).transient


@pytest.mark.parametrize("code", [*OaiCode, "ourOwnCode"])
def test_protocol_error_has_its_code_and_a_next_step(code):
    error = ProtocolError(str(code), "words of the provider")
    answer, _, remedy = str(error).partition("; ")
    assert error.code == code
    assert f"{code}: words of the provider" in answer
    assert remedy
    assert str(ProtocolError(str(code), "")).startswith(f"the provider answered {code}; ")


def test_config_error_has_one_line_for_each_problem():
    error = ConfigError(["first", "second"])
    assert (error.problems, str(error)) == (["first", "second"], "first\nsecond")


def test_wait_until_has_its_moment():
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    assert errors.WaitUntil("words", moment).moment == moment
