"""`harvester init`: from answers on a terminal, or with examples in comments."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harvester.config import load
from tests.cli.conftest import answer

ROOT = Path(__file__).parent.parent.parent


def test_init_writes_a_valid_configuration(call, tmp_path):
    done = call("init")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "Next: harvester source add URL" in done.stderr
    assert (tmp_path / "exports").is_dir()
    assert load(tmp_path / "config.toml").sources == {}
    assert call("config", "check").exit_code == 0


def test_init_writes_the_example_of_the_project(call, tmp_path):
    call("init")
    assert (tmp_path / "config.toml").read_bytes() == (ROOT / "config.toml").read_bytes()


def test_uncommented_examples_are_valid_too(call, tmp_path):
    call("init")
    path = tmp_path / "config.toml"
    text = path.read_text()
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        if line != bare and re.match(r"\[|\w+ = ", bare):
            text = text.replace(line, bare)
    path.write_text(text)
    config = load(path)
    assert config.sources["journal"].sets == ("journal:ART",)
    assert config.crossref is not None
    assert config.journals["2049-3630"].title == "Journal of Examples"


def test_init_never_overwrites_a_file(call, tmp_path):
    (tmp_path / "config.toml").write_text("mine")
    done = call("init")
    assert done.exit_code == 1
    assert "config.toml is there already and stays as it is" in done.stderr
    assert (tmp_path / "config.toml").read_text() == "mine"


def test_init_with_another_path_and_json(call, tmp_path):
    done = call("init", "--config", "deep/er/h.toml", "--json")
    assert answer(done) == {"config": "deep/er/h.toml"}
    assert (tmp_path / "deep/er/exports").is_dir()


def talk(folder, *answers):
    """Runs `init` on a terminal and answers its questions; returns what it printed, and its exit code."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "harvester", "init"], cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    os.write(controller, "".join(f"{line}\n" for line in answers).encode())
    output = b""
    try:
        while block := os.read(controller, 4096):
            output += block
    except OSError:  # the other end is closed
        pass
    os.close(controller)
    return output.decode(), process.wait(30)


@pytest.mark.slow
def test_answers_on_a_terminal_are_written(tmp_path):
    _, code = talk(tmp_path, 'Universidad "Ñ"', "doi@example.org", "Universidad", "10.12345 10.54321")
    assert code == 0
    crossref = load(tmp_path / "config.toml").crossref
    assert crossref is not None
    assert (crossref.depositor_name, crossref.prefixes) == ('Universidad "Ñ"', ("10.12345", "10.54321"))


@pytest.mark.slow
def test_no_answer_writes_the_examples(tmp_path):
    _, code = talk(tmp_path, "")
    assert code == 0
    assert load(tmp_path / "config.toml").crossref is None


@pytest.mark.slow
def test_question_is_repeated_after_an_invalid_answer(tmp_path):
    output, code = talk(tmp_path, "Example", "nobody", "", "doi@example.org", "", "10.5555 x", "10.5555")
    assert code == 0
    assert 'Error: "nobody" is not an e-mail address' in output
    assert output.count("Where does Crossref send its reports") == 3
    assert "Who is responsible for the content [Example]" in output
    crossref = load(tmp_path / "config.toml").crossref
    assert crossref is not None
    assert (crossref.registrant, crossref.prefixes) == ("Example", ("10.5555",))
