from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from harvester.crossref import bundles
from harvester.crossref.bundles.pins import bundle
from harvester.errors import BundleError
from tests.crossref.deposit.deposits import build
from tests.crossref.deposit.test_fixtures import fixture

VERSION = "5.5.0"


@pytest.fixture(scope="module")
def schema() -> bundles.Schema:
    return bundles.load(VERSION)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of our own to spoil."""
    [intact] = [state for state in bundles.installed() if state.version == VERSION]
    monkeypatch.setenv("HARVESTER_SCHEMAS", str(tmp_path))
    [state] = bundles.install(VERSION, source=intact.folder)
    assert state.folder == tmp_path / VERSION
    return state.folder


class TestLoad:
    def test_is_done_once(self, schema: bundles.Schema) -> None:
        assert bundles.load(VERSION) is schema

    def test_a_missing_bundle_names_the_command(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("harvester.crossref.bundles.pins.folders", lambda: [tmp_path])
        with pytest.raises(BundleError, match=r"5\.5\.0 is not installed; run: harvester schemas install$"):
            bundles.load("5.5.0")
        with pytest.raises(BundleError, match=r"run: harvester schemas install --from DIR\|ZIP$"):
            bundles.load("5.3.1")

    def test_an_unknown_version_is_refused_by_name(self) -> None:
        with pytest.raises(BundleError, match=r"no Crossref schema 9\.9"):
            bundles.load("9.9")

    def test_a_file_that_was_changed_is_not_used(self, copy: Path) -> None:
        with (copy / "relations.xsd").open("ab") as file:
            file.write(b"<!-- -->")
        with pytest.raises(BundleError, match=r"relations\.xsd is not the file that was pinned"):
            bundles.load(VERSION)

    def test_a_file_that_is_gone_is_named(self, copy: Path) -> None:
        (copy / "relations.xsd").unlink()
        with pytest.raises(BundleError, match=r"relations\.xsd cannot be read"):
            bundles.load(VERSION)

    def test_a_schema_that_asks_for_anything_else_is_refused(self) -> None:
        schema = (
            b'<schema xmlns="http://www.w3.org/2001/XMLSchema"><include schemaLocation="file:///etc/passwd"/></schema>'
        )
        with pytest.raises(BundleError, match=r"does not load: .*file:///etc/passwd"):
            bundles.Schema("own", "main.xsd", {"main.xsd": schema})

    def test_an_assertion_that_nobody_checks_is_refused(self) -> None:
        schema = b'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:assert test="@a"/></xsd:schema>'
        with pytest.raises(BundleError, match="cannot check"):
            bundles.Schema("own", "main.xsd", {"main.xsd": schema})


class TestValidate:
    def test_a_valid_deposit_has_no_problems(self, schema: bundles.Schema) -> None:
        assert schema.validate(build(fixture("bilingual"))) == []

    def test_a_problem_names_line_and_element_in_short(self, schema: bundles.Schema) -> None:
        broken = build(fixture("bilingual")).replace(b"<surname>Aristarkh</surname>", b"<surname></surname>")
        [problem] = schema.validate(broken)
        assert problem.startswith("line 32, surname: ")
        assert "http://" not in problem

    def test_no_list_of_8107_languages_is_printed(self, schema: bundles.Schema) -> None:
        broken = build(fixture("bilingual")).replace(b' language="ru"', b' language="xx-YY"', 1)
        assert all(len(problem) < 300 for problem in schema.validate(broken))

    @pytest.mark.parametrize("broken", [b"", b"<doi_batch>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
    def test_what_is_no_xml_is_a_problem_and_no_exception(self, schema: bundles.Schema, broken: bytes) -> None:
        [problem] = schema.validate(broken)
        assert problem.startswith("not well-formed XML")

    def test_problems_are_not_endless(self, schema: bundles.Schema) -> None:
        root = build(fixture("bilingual")).replace(b"</citation_list>", b"<x/>" * 9 + b"</citation_list>")
        person = b'<person_name sequence="additional"><surname>x</surname></person_name>'
        assert len(schema.validate(root.replace(b"</contributors>", person * 200 + b"</contributors>"))) == 50


class TestAssertions:
    """The three of 5.5.0 that libxml2 cannot read."""

    @pytest.mark.parametrize(
        ("good", "bad", "said"),
        [
            (b'<role vocab="crossref" type="author"/></person_name>', b"</person_name>", "a person needs a role"),
            (
                b'vocab="crossref" type="author"',
                b'vocab="crossref" type="software"',
                "software is not a role of crossref",
            ),
            (
                b'vocab="credit" type="conceptualization"',
                b'vocab="credit" type="author"',
                "author is not a role of credit",
            ),
            (b'vocab="crossref" type="author"', b'vocab="crossref"', "None is not a role of crossref"),
        ],
    )
    def test_is_checked(self, schema: bundles.Schema, good: bytes, bad: bytes, said: str) -> None:
        data = build(fixture("bilingual"))
        assert good in data
        problems = schema.validate(data.replace(good, bad))
        assert problems
        assert all(said in problem for problem in problems)


@pytest.mark.slow
class TestMathml:
    def test_is_checked_where_there_is_any(self, schema: bundles.Schema) -> None:
        data = build(fixture("structured"))
        assert schema.validate(data) == []
        assert schema.validate(data.replace(b"mml:msup", b"mml:msupper"))

    def test_is_not_loaded_where_there_is_none(self) -> None:
        pin = bundle(VERSION)
        [state] = [state for state in bundles.installed() if state.version == VERSION]
        fresh = bundles.Schema(VERSION, pin.main, {name: (state.folder / name).read_bytes() for name in pin.files})
        assert fresh.validate(build(fixture("bilingual"))) == []
        assert "_with_mathml" not in vars(fresh)


@pytest.mark.slow
class TestNetwork:
    def test_is_never_touched(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_args, **_kwargs):
            raise AssertionError("validation opened a socket")

        monkeypatch.setattr(socket, "socket", refuse)
        pin = bundle(VERSION)
        [state] = [state for state in bundles.installed() if state.version == VERSION]
        fresh = bundles.Schema(VERSION, pin.main, {name: (state.folder / name).read_bytes() for name in pin.files})
        assert fresh.validate(build(fixture("structured"))) == []

    def test_not_even_where_the_document_points_to_it(self, schema: bundles.Schema) -> None:
        """libxml2 has its own sockets, so a listener of ours counts."""
        calls: list[object] = []
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            listener = threading.Thread(target=_count_calls, args=(server, calls))
            listener.start()
            here = f"http://127.0.0.1:{server.getsockname()[1]}/"
            data = build(fixture("bilingual")).decode()
            elsewhere = data.replace("https://www.crossref.org/schemas/", f"{here} urn:x {here}x ")
            schema.validate(elsewhere.encode())
            schema.validate(
                elsewhere.replace("<doi_batch", f'<!DOCTYPE doi_batch SYSTEM "{here}dtd">\n<doi_batch').encode()
            )
            listener.join()
        assert here in elsewhere
        assert calls == []


def _count_calls(server: socket.socket, calls: list[object]) -> None:
    try:
        while True:
            calls.append(server.accept())
    except TimeoutError:
        return
