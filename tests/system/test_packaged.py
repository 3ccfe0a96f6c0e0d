import json

import pytest

from harvester.system import packaged


@pytest.mark.parametrize("name", ["article.schema.json", "config.schema.json", "bundles.json"])
def test_schemas_are_part_of_the_installation(name):
    assert packaged.schema_file(name).name == name
    assert json.loads(packaged.schema_text(name))


def test_schema_of_the_wheel_is_preferred_to_that_of_a_checkout(tmp_path, monkeypatch):
    (tmp_path / "harvester" / "_schemas").mkdir(parents=True)
    (tmp_path / "schemas").mkdir()
    monkeypatch.setattr(packaged, "_PACKAGE", tmp_path / "harvester")
    for folder in (tmp_path / "schemas", tmp_path / "harvester" / "_schemas"):
        (folder / "a.json").write_text("{}")
        assert packaged.schema_file("a.json") == folder / "a.json"


def test_incomplete_installation_is_reported():
    with pytest.raises(FileNotFoundError, match=r"nothing\.json is missing"):
        packaged.schema_file("nothing.json")
