"""Records held back, by what holds them back."""

from __future__ import annotations

from harvester.checking.held_back import held_back_groups
from harvester.reports import HeldBack
from tests.providers import small_journal
from tests.workbench import Workbench


def test_only_what_holds_these_records_back_is_listed(tmp_path):
    with small_journal.serving() as server:
        bench = Workbench(tmp_path)
        bench.path.write_text(small_journal.CONFIG.format(url=server.url))
        bench.harvest()
    with bench.opened() as (config, store):
        held = list(store.findings.held_back())
        (group,) = held_back_groups(config, store, held)
        assert (group.code, group.records, group.examples[0].record) == ("doi-missing", 1, "oai:small:4")
        assert held_back_groups(config, store, []) == []
        other = HeldBack(record="oai:small:1", source=held[0].source, doi=None, codes=("deposit-invalid",))
        (group,) = held_back_groups(config, store, [other])
        assert (group.code, group.records) == ("deposit-invalid", 1)
        assert group.examples[0].title
        assert group.examples[0].link
        unknown = HeldBack(record="unknown", source=held[0].source, doi=None, codes=("deposit-invalid",))
        (group,) = held_back_groups(config, store, [unknown])
        assert (group.examples[0].title, group.examples[0].link) == (None, None)
