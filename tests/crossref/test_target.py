from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.target import CROSSREF
from harvester.crossref.versions import DEFAULT, VERSIONS
from harvester.errors import ConfigError
from tests.crossref.deposit.deposits import SETTINGS, batch
from tests.crossref.deposit.test_fixtures import NAMES, fixture, written


class Configuration(Struct, frozen=True):
    """All that this target reads of a configuration."""

    path: Path = Path("config.toml")
    crossref: CrossrefSettings | None = SETTINGS


def test_without_its_table_it_is_not_configured():
    assert CROSSREF.is_configured(Configuration())
    bare = Configuration(crossref=None)
    assert not CROSSREF.is_configured(bare)
    with pytest.raises(ConfigError, match=r"^config.toml: there is no \[crossref\] table; set depositor_name"):
        CROSSREF.builder(bare)


def test_a_version_is_the_one_asked_for_or_the_configured_one():
    assert CROSSREF.builder(Configuration()).version == DEFAULT
    assert [CROSSREF.builder(Configuration(), version).version for version in CROSSREF.versions] == list(VERSIONS)


def test_it_builds_with_the_settings_of_the_table():
    builder = CROSSREF.builder(Configuration())
    for name in NAMES:
        assert builder.build([fixture(name)], batch(name=f"fixture-{name}")) == written(name)
    small = CROSSREF.builder(Configuration(crossref=replace(SETTINGS, max_records=1)))
    assert len(small.group([fixture(name) for name in NAMES])) == len(NAMES)


def test_it_validates_in_the_version_asked_for():
    data = CROSSREF.builder(Configuration(), "5.4.0").build([fixture("structured")], batch("5.4.0"))
    assert CROSSREF.validator("5.4.0")(data) == []
    assert CROSSREF.validator(DEFAULT)(data) != []


def test_next_step_has_the_command_for_the_real_files():
    one = CROSSREF.next_step(["/my exports/10.5555-1.xml"])
    assert "upload this file at https://doi.crossref.org" in one
    assert "--form 'fname=@/my exports/10.5555-1.xml' https://doi.crossref.org/servlet/deposit\n" in one
    several = CROSSREF.next_step(["a.xml", "b c.xml"])
    assert "these 2 files, in the order of their names," in several
    assert "for f in a.xml 'b c.xml'; do curl " in several


def test_many_files_are_named_by_a_pattern_that_fits_no_other(tmp_path):
    paths = [str(tmp_path / f"10.5555-20260101{number}.xml") for number in range(100, 130)]
    for path in paths:
        Path(path).touch()
    (tmp_path / "10.5555-20251231999.xml").touch()
    assert f"for f in {tmp_path}/10.5555-202601011*.xml; do curl " in CROSSREF.next_step(paths)
    (tmp_path / "10.5555-20260101199.xml").touch()  # of another export
    assert f"for f in {' '.join(paths)}; do curl " in CROSSREF.next_step(paths)
