"""`harvester source`: list, probe, add, test, rename, forget."""

import pytest

from harvester.cli import source
from harvester.config import load
from harvester.model import SetInfo
from harvester.oai import Provider
from harvester.system import locks
from tests.cli.conftest import answer
from tests.providers import small_journal
from tests.providers.server import Server, error, reply
from tests.providers.truth import Truth


def test_probe_prints_its_results(call, small):
    done = call("source", "probe", small.url, "--allow-private")
    assert done.exit_code == 0, done.output
    assert "Journal of Small Things" in done.stdout
    assert "second" in done.stdout
    assert "\nSets         small:ART  Articles\n" in done.stdout
    init, add, harvest = done.stderr.splitlines()[-3:]
    assert init.endswith(" init")
    assert add.endswith(f" source add {small.url} --allow-private")
    assert harvest.endswith(" harvest")
    assert "yes, as oai_dc" in done.stdout
    assert "Vol. 3 No. 1 (2024)" in done.stdout
    assert "read as ojs: volume 3, issue 1, first page 10" in done.stdout


def test_probe_prints_a_valid_configuration(call, small, tmp_path):
    said = answer(call("source", "probe", f"{small.url}?verb=Identify", "--allow-private", "--json"))
    (tmp_path / "config.toml").write_text(said["config"])
    config = load(tmp_path / "config.toml")
    (source,) = config.sources.values()
    assert (source.url, source.formats, source.allow_private) == (small.url, ("oai_dc",), True)
    assert list(config.journals) == ["2049-3630"]
    assert said["probe"]["identity"]["deleted_record"] == "persistent"
    assert [one["reads"] for one in said["probe"]["formats"]] == ["oai_dc", None]


def test_probe_refuses_a_private_address_unless_allowed(call, small):
    done = call("source", "probe", small.url)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "an address of a private network; add --allow-private if that is meant\n" in done.stderr


def test_probe_of_a_page_that_is_not_oai_pmh(call):
    with Server([reply("<html>a page</html>")]) as server:
        done = call("source", "probe", server.url, "--allow-private")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "the provider sent a web page (HTML)" in done.stderr
        assert "of a journal in OJS ends in /index.php/JOURNAL/oai" in done.stderr  # the commonest mistake
        assert "harvest again" not in done.stderr
    done = call("source", "probe", "ftp://journal.example.org")
    assert done.exit_code == 2
    assert "must be a URL that begins with http:// or https://" in done.stderr


def test_configured_source_is_tested(configured, tmp_path):
    assert configured("source", "test", "small").exit_code == 0
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace('["oai_dc"]', '["jats", "oai_dc"]'))
    done = configured("source", "test", "small")
    assert done.exit_code == 1
    assert "jats: the provider answered cannotDisseminateFormat" in done.stdout
    assert "did you mean small?" in configured("source", "test", "smal").stderr


def test_sources_are_listed(configured, small):
    assert small.url in configured("source", "list").stdout
    assert answer(configured("source", "list", "--json"))["sources"] == [
        {"name": "small", "url": small.url, "formats": ["oai_dc"], "sets": []}
    ]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([reply("gone", 404)], "ends in /index.php/JOURNAL/oai"),
        ([reply("gone", 410)], "ends in /index.php/JOURNAL/oai"),
        ([reply("not now", 500)], "500"),
    ],
)
def test_probe_suggests_other_addresses_only_if_the_address_may_be_wrong(call, answers, words):
    with Server(answers) as server:
        done = call("source", "probe", server.url, "--allow-private")
    assert done.exit_code == 1
    assert words in done.stderr
    assert ("ends in" in done.stderr) == ("ends in" in words)


def test_probe_accepts_a_url_copied_with_its_arguments(call, small):
    found = answer(call("source", "probe", f"{small.url}?verb=ListRecords&a=b", "--allow-private", "--json"))
    assert found["probe"]["url"] == small.url


def test_probe_does_not_repeat_a_password(call):
    done = call("source", "probe", "https://me:hunter2@journal.example/oai")
    assert done.exit_code == 2
    assert "hunter2" not in done.output


def test_source_whose_set_is_not_offered_fails_the_test(configured, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace('["oai_dc"]', '["oai_dc"]\nsets = ["small:OLD"]'))
    done = configured("source", "test", "small")
    assert done.exit_code == 1
    assert "the provider has no set small:OLD any more; its sets are now small:ART" in done.stderr


def test_source_one_of_whose_sets_gives_nothing_is_told_so(configured, tmp_path, monkeypatch):
    """A set that is listed, or whose list of sets is not known, may be empty."""
    monkeypatch.setattr(Provider, "sets", lambda _: ())
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace('["oai_dc"]', '["oai_dc"]\nsets = ["small:ART", "small:NEW"]'))
    done = configured("source", "test", "small")
    assert done.exit_code == 0
    assert "No record is listed in small:NEW; check `sets` of this source." in done.stderr


@pytest.mark.parametrize(
    ("sets", "words"), [(True, 'try `sets` with one of "small:ART"'), (False, "when there are records")]
)
def test_probe_of_an_empty_list(call, sets, words):
    def script(request):
        if request.query["verb"] in ("ListRecords", "ListIdentifiers"):
            return reply(error("noRecordsMatch"))
        if request.query["verb"] == "ListSets" and not sets:
            return reply(error("noSetHierarchy"))
        return reply(journal.bytes_of(request))

    journal = Truth(sets=(SetInfo("small:ART", "Articles"),))
    with Server(script) as server:
        done = call("source", "probe", server.url, "--allow-private")
    assert "The list of oai_dc is empty." in done.stderr
    assert words in done.stderr


class TestAdd:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "config.toml"
        path.write_text(small_journal.CONFIG.partition("[sources")[0].replace("10.12345", "10.99999") + "# the end\n")
        path.chmod(0o640)
        return path

    def test_it_shows_the_lines_and_writes_them(self, call, small, path):
        before = path.read_text()
        done = call("source", "add", small.url, "--allow-private", "--yes")
        assert done.exit_code == 0
        assert path.read_text().startswith(before)
        assert path.stat().st_mode & 0o777 == 0o640
        (name,) = load(path).sources
        assert f"[sources.{name}]" in done.stdout
        assert "records have a DOI with the prefix 10.12345, which is not among yours" in done.stderr
        assert f" harvest {name}\n" in done.stderr
        assert call("harvest").exit_code == 0

    def test_it_asks_and_does_nothing_without_an_answer(self, call, small, path, monkeypatch):
        before = path.read_text()
        done = call("source", "add", small.url, "--allow-private")
        assert (done.exit_code, path.read_text()) == (2, before)
        monkeypatch.setattr("harvester.cli.source._is_terminal", lambda: True)
        assert call("source", "add", small.url, "--allow-private", input="n\n").exit_code == 130
        assert path.read_text() == before
        assert call("source", "add", small.url, "--allow-private", input="y\n").exit_code == 0
        assert path.read_text() != before

    def test_a_source_is_added_once(self, call, small, path):
        assert call("source", "add", small.url, "--allow-private", "--yes").exit_code == 0
        done = call("source", "add", small.url, "--allow-private", "--yes")
        assert done.exit_code == 2
        assert "has this address already" in done.stderr

    def test_it_finds_the_endpoint_of_a_page(self, call, path):
        def site(request):
            is_endpoint = request.target.startswith("/index.php/j/oai?")
            return small_journal.answer(request) if is_endpoint else reply("<html>the journal</html>")

        with Server(site) as server:
            root = server.url.removesuffix("/oai")
            done = call("source", "add", f"{root}/index.php/j/about", "--allow-private", "--yes", "--json")
        assert answer(done)["probe"]["url"] == f"{root}/index.php/j/oai"
        assert [source.url for source in load(path).sources.values()] == [f"{root}/index.php/j/oai"]

    def test_nothing_is_written_where_nothing_can_be_read(self, call, path):
        before = path.read_text()
        with Server([reply("<html>a page</html>")] * 20) as server:
            assert call("source", "add", server.url, "--allow-private", "--yes").exit_code == 1
        assert path.read_text() == before


class TestRename:
    def test_the_next_harvest_finds_all_under_the_new_name(self, harvested, tmp_path):
        path = tmp_path / "config.toml"
        path.write_text(path.read_text().replace("[sources.small]", "[sources.tiny]"))
        done = harvested("source", "rename", "small", "tiny")
        assert done.exit_code == 0
        assert f"small is tiny now, with 4 records. {path} has [sources.tiny] already.\n" in done.stderr
        (run,) = answer(harvested("harvest", "--json"))["runs"]
        assert (run["source"], run["new"]) == ("tiny", 0)

    def test_it_says_what_to_change_in_the_configuration(self, harvested, tmp_path):
        done = harvested("source", "rename", "small", "tiny")
        assert "change [sources.small] to [sources.tiny] in" in done.stderr
        path = tmp_path / "config.toml"
        path.write_text(path.read_text().replace("[sources.small]", "[sources.other]"))
        assert "To harvest it, add [sources.third] to" in harvested("source", "rename", "tiny", "third").stderr

    @pytest.mark.parametrize(
        ("names", "code", "words"),
        [
            (("small", "a b"), 2, "a b is not a name for a source"),
            (("unknown", "tiny"), 1, "The store has no source unknown"),
            (("small", "other"), 2, "two sources cannot become one"),
        ],
    )
    def test_it_refuses_what_makes_no_sense(self, harvested, tmp_path, names, code, words):
        with (tmp_path / "config.toml").open("a") as file:
            file.write('\n[sources.other]\nurl = "http://127.0.0.1:9/oai"\nformats = ["oai_dc"]\n')
        done = harvested("source", "rename", *names)
        assert (done.exit_code, words in done.stderr) == (code, True)

    @pytest.mark.parametrize("lock", ["source-small", "source-tiny", "export", "daemon"])
    def test_it_waits_for_nobody(self, harvested, tmp_path, lock):
        with locks.hold(load(tmp_path / "config.toml").locks_dir, lock, what="other work"):
            done = harvested("source", "rename", "small", "tiny")
        assert done.exit_code == 75
        assert "Busy: other work" in done.stderr
        assert harvested("source", "rename", "small", "tiny").exit_code == 0


class TestForget:
    def test_it_says_what_it_will_do_and_needs_a_word(self, harvested):
        done = harvested("source", "forget", "small")
        assert done.exit_code == 2
        assert "This deletes 4 records of small from the store" in done.stderr
        assert "is in" in done.stderr  # config.toml
        assert "add --yes" in done.stderr
        assert answer(harvested("status", "--json"))["sources"][0]["ready"] == 3

    def test_it_forgets_all_but_the_ledger(self, harvested):
        harvested("export", "crossref")
        done = harvested("source", "forget", "small", "--yes")
        assert done.exit_code == 0
        assert "3 DOIs stay known as deposited.\n" in done.stderr
        assert done.stderr.endswith("small is deleted from the store.\n")
        assert answer(harvested("status", "--json"))["sources"][0]["ready"] == 0
        assert harvested("doctor", "--deep").exit_code == 0
        harvested("harvest")
        assert "Nothing to write, 3 unchanged" in harvested("export", "crossref").stderr

    @pytest.mark.parametrize(("said", "code", "ready"), [("y\n", 0, 0), ("n\n", 130, 3)])
    def test_it_asks_on_a_terminal(self, harvested, monkeypatch, said, code, ready):
        monkeypatch.setattr(source, "_is_terminal", lambda: True)
        done = harvested("source", "forget", "small", input=said)
        assert done.exit_code == code
        assert "Delete small?" in done.stderr
        assert answer(harvested("status", "--json"))["sources"][0]["ready"] == ready

    def test_an_unknown_source_is_an_error(self, harvested):
        done = harvested("source", "forget", "unknown", "--yes")
        assert (done.exit_code, "no source unknown" in done.stderr) == (1, True)

    def test_it_waits_for_nobody(self, harvested, tmp_path):
        with locks.hold(load(tmp_path / "config.toml").locks_dir, "source-small", what="a harvest"):
            assert harvested("source", "forget", "small", "--yes").exit_code == 75
