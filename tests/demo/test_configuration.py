from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import load
from harvester.demo import configuration
from harvester.demo.library import journals


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "config.toml"


def test_demo_configuration_is_valid(path: Path) -> None:
    configuration.write(path, "http://127.0.0.1:4711")
    config = load(path)
    assert [source.url for source in config.sources.values()] == [
        "http://127.0.0.1:4711/index.php/index/oai",
        "http://127.0.0.1:4711/archive/index.php/index/oai",
    ]
    assert configuration.port(path) == 4711
    assert config.crossref is not None
    assert config.crossref.prefixes == ("10.5555", "10.48015")


def test_configured_journals_are_those_of_the_demo(path: Path) -> None:
    configuration.write(path, "http://127.0.0.1:1")
    known = load(path).journals
    for journal in journals():
        facts = known.get(journal.issn_print or journal.issn_electronic or "")
        if facts is None:
            assert journal.path == "ltt"  # its ISSN is none
        else:
            assert (facts.issn_print, facts.issn_electronic) == (journal.issn_print, journal.issn_electronic)
            assert facts.title == next(iter(journal.title.values()))


def test_only_urls_change_with_the_provider(path: Path) -> None:
    configuration.write(path, "http://127.0.0.1:1")
    path.write_text(path.read_text() + "# mine: http://other.example.org:1/\n")
    before = path.read_text()
    configuration.write(path, "http://127.0.0.1:22222")
    assert path.read_text() == before.replace("127.0.0.1:1/", "127.0.0.1:22222/").replace("--port 1`", "--port 22222`")
    assert configuration.port(path) == 22222


def test_port_is_0_without_a_configuration(path: Path) -> None:
    assert configuration.port(path) == 0
