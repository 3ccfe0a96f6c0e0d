"""The options that select articles, as `export` understands them."""

from __future__ import annotations

import pytest

from tests.cli.conftest import answer


def exported(call, *options: str) -> list[str]:
    done = call("export", "crossref", "--dry-run", "--json", *options)
    assert done.exit_code == 0, done.output
    return [doi.rpartition(".")[2] for file in answer(done)["files"] for doi in file["dois"]]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("--journal", "2049-3630"), "123"),
        (("--journal", "20493630"), "123"),
        (("--journal", "journal of small things"), "123"),
        (("--year", "2024", "--volume", "3", "--issue", "1"), "123"),
        (("--since", "2024-01-02"), "23"),
        (("--since", "2024-01-02", "--doi", "10.12345/small.3"), "3"),
    ],
)
def test_export_of_a_selection(harvested, options, numbers):
    assert exported(harvested, *options) == list(numbers)


def test_journal_has_all_issns_of_its_table(harvested, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(path.read_text() + 'issn_print = "0378-5955"\n')
    assert exported(harvested, "--journal", "0378-5955") == list("123")


@pytest.mark.parametrize("options", [("--year", "1999"), ("--journal", "Journal of Smal Things"), ("--issue", "9")])
def test_selection_without_articles_is_an_error(harvested, options):
    done = harvested("export", "crossref", *options)
    assert done.exit_code == 1
    assert f"No article in the store matches {options[0]} {options[1]}." in done.stderr


def test_date_must_be_a_day(harvested):
    assert "--since" in harvested("export", "crossref", "--since", "2024").stderr
    assert harvested("export", "crossref", "--since", "2024-02-30").exit_code == 2
