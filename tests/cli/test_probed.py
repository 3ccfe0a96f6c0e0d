"""What a look at a provider gives a person."""

from __future__ import annotations

import pytest

from harvester.cli.common import Common
from harvester.cli.probed import examined
from harvester.errors import ConfigError, ProviderError
from tests.providers import small_journal
from tests.providers.server import Server, reply


def test_the_blocks_are_those_of_the_source_and_its_journals():
    with small_journal.serving() as server:
        found = examined(Common(), server.url, allow_private=True)
    assert found.is_readable
    assert found.source.startswith("[sources.")
    (journal,) = found.journals
    assert journal.startswith('[journals."2049-3630"]')
    assert found.report.suggestions.doi_prefixes == {"10.12345": 2}
    assert (found.report.suggestions.articles, found.report.suggestions.without_issn) == (2, 0)


def test_what_does_not_fit_is_in_the_warnings(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[crossref]\nprefixes = ["10.99999"]\n[journals."2049-3630"]\ntitle = "Other"\n')
    with small_journal.serving() as server:
        found = examined(Common(), server.url, allow_private=True)
    title, prefix = found.warnings(path, found.added_to(path))
    assert 'has title = "Other", where the records have "Journal of Small Things"' in title
    assert "the prefix 10.12345" in prefix


def test_an_error_has_its_first_step():
    with (
        Server([reply("<html>a page</html>")] * 20) as server,
        pytest.raises(ProviderError, match=r"ends in /index\.php"),
    ):
        examined(Common(), server.url, allow_private=True)
    with pytest.raises(ConfigError, match="must be a URL"):
        examined(Common(), "ftp://journal.example.org", allow_private=True)
