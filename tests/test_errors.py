"""The tree of errors: what each of them means to those who catch it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester import errors
from harvester.errors import BadStatus, ConfigError, HarvesterError, OaiCode, ProtocolError, ProviderError

EXAMPLES: list[HarvesterError] = [
    errors.BadAnswer("a web page"),
    BadStatus("not now", 503),
    errors.BundleError("no schema"),
    errors.BusyError("at work"),
    ConfigError(["a", "b"]),
    errors.DoiTaken("another has it"),
    errors.ExportError("not valid"),
    errors.Interruption("later"),
    errors.PrivateAddress("10.0.0.1"),
    ProtocolError("badVerb", ""),
    ProviderError("no"),
    errors.RefusedAddress("ftp"),
    errors.Stopped("stopped"),
    errors.StoreError("damaged"),
    errors.StoreLocked("locked"),
    errors.TooBig("a million"),
    errors.TooSlow("a day"),
    errors.Unreachable("no such host"),
    errors.WaitUntil("in an hour", datetime(2025, 1, 1, tzinfo=UTC)),
]


def test_every_error_is_of_the_one_tree():
    classes = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)}
    assert {type(one) for one in EXAMPLES} == classes - {HarvesterError}
    assert all(isinstance(one, HarvesterError) and str(one) for one in EXAMPLES)


def test_an_interruption_is_no_fault_of_the_provider():
    stopping = {"Interruption", "Stopped", "WaitUntil"}
    assert {type(one).__name__ for one in EXAMPLES if isinstance(one, errors.Interruption)} == stopping
    assert not [one for one in EXAMPLES if isinstance(one, errors.Interruption) and isinstance(one, ProviderError)]


def test_what_the_command_ends_with():
    """1 failed, 2 the configuration, 75 busy: try again later (sysexits.h)."""
    others = {type(one).__name__: one.exit_code for one in EXAMPLES if one.exit_code != 1}
    assert others == {"ConfigError": 2, "BusyError": 75, "StoreLocked": 75}


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
def test_a_status_that_may_pass_and_one_that_says_too_much_to_do(status, transient, overloaded):
    error = BadStatus("words", status, 3.0)
    assert (error.transient, error.overloaded) == (transient, overloaded)
    assert (error.status, error.retry_after) == (status, 3.0)


def test_only_what_may_pass_is_transient():
    transient = {type(one).__name__ for one in EXAMPLES if isinstance(one, ProviderError) and one.transient}
    assert transient == {"BadStatus", "Unreachable"}
    assert errors.BadAnswer("nothing at all", transient=True).transient
    assert not errors.Unreachable("a certificate", transient=False).transient


@pytest.mark.parametrize("code", [*OaiCode, "ourOwnCode"])
def test_an_error_of_the_protocol_has_its_code_and_a_next_step(code):
    error = ProtocolError(str(code), "words of the provider")
    said, _, todo = str(error).partition("; ")
    assert error.code == code
    assert f"{code}: words of the provider" in said
    assert todo
    assert str(ProtocolError(str(code), "")).startswith(f"the provider answered {code}; ")


def test_every_problem_of_a_configuration_is_a_line():
    error = ConfigError(["first", "second"])
    assert (error.problems, str(error)) == (["first", "second"], "first\nsecond")


def test_a_wait_has_its_moment():
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    assert errors.WaitUntil("words", moment).moment == moment
