"""Writes what each log says and means next to it."""

import json

from tests.crossref.client.logs import HERE, NAMES, actual

for name in NAMES:
    (HERE / f"{name}.json").write_text(json.dumps(actual(name), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
