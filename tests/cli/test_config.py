"""`harvester config check`."""

import pytest

from tests.cli.conftest import answer

SECRET = 'username = "me"\npassword_env = "NOT_SET_ANYWHERE"\n'


def test_good_configuration_is_counted(configured):
    done = configured("config", "check")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "1 source, 1 journal." in done.stderr
    assert answer(configured("config", "check", "--json")) == {"problems": []}


def test_every_problem_has_a_line(call, tmp_path):
    (tmp_path / "config.toml").write_text('[sources.a]\nurl = 7\nformats = ["oai_dc"]\ndeley = 1\n')
    done = call("config", "check")
    assert (done.exit_code, done.stdout) == (2, "")
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == ["2", "4"]
    found = call("config", "check", "--json")
    assert found.exit_code == 2
    assert answer(found)["problems"] == done.stderr.splitlines()


@pytest.mark.parametrize("sources", [1, 2])
def test_missing_secrets_are_problems_too(call, tmp_path, sources):
    source = '[sources.{}]\nurl = "https://journal.example/oai"\nformats = ["oai_dc"]\n' + SECRET
    (tmp_path / "config.toml").write_text("".join(source.format(name) for name in "ab"[:sources]))
    done = call("config", "check")
    assert done.exit_code == 2
    assert done.stderr.count("NOT_SET_ANYWHERE") == sources


def test_missing_file_is_a_problem(call):
    done = call("config", "check", "--config", "no.toml", "--json")
    assert done.exit_code == 2
    (problem,) = answer(done)["problems"]
    assert "no.toml" in problem
