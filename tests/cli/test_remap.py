"""`harvester remap`."""

from tests.cli.conftest import answer


def test_remap_rebuilds_the_articles(harvested):
    assert answer(harvested("remap", "--json")) == {"articles": 4}
    assert "4 articles rebuilt." in harvested("remap", "small").stderr
