"""Logs of submissions, with what each says and what it means for the file that was sent.

NAME.json has the `result` of NAME.xml, the facts of the file (`sent`), and the `outcomes`; without `sent` nothing was
decided. Fields with their usual values are left out. `python -m tests.crossref.client.logs` writes the results again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from harvester.answers import Answer, Outcome, Outcomes, Result, SentFile, Verdict
from harvester.crossref.client.diagnostic import read
from harvester.crossref.client.verdicts import decide

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.xml"))


def log(name: str) -> bytes:
    return (HERE / f"{name}.xml").read_bytes()


def result(name: str) -> Result:
    found = read(log(name))
    assert isinstance(found, Result)
    return found


def sent(name: str) -> SentFile | None:
    facts = expected(name)["sent"]
    return None if facts is None else msgspec.convert(facts, SentFile)


def expected(name: str) -> Any:
    return msgspec.json.decode((HERE / f"{name}.json").read_bytes())


def shown(value: Result | Answer | Outcomes | Outcome | Verdict) -> Any:
    """The fields of a value that are not the usual ones, without the log itself."""
    defaults = dict(zip(value.__struct_fields__[::-1], value.__struct_defaults__[::-1], strict=False))
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    return {
        name: [shown(one) if hasattr(one, "__struct_fields__") else one for one in field]
        if isinstance(field, tuple)
        else field
        for name, field in fields.items()
        if name != "raw" and (field or field is False) and (name not in defaults or field != defaults[name])
    }


def actual(name: str) -> Any:
    facts = sent(name)
    found = result(name)
    meaning = None if facts is None else shown(decide(found, facts))
    return {"result": shown(found), "sent": expected(name)["sent"], "outcomes": meaning}
