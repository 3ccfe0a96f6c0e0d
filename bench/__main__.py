"""Every measurement in one command: `python -m bench [NAME…]` (or `make bench`)."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

SLOW = ("million",)  # only when named
NAMES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")))


def main(names: list[str]) -> int:
    """Runs the named measurements, or all but the slow ones. Returns 2 for an unknown name."""
    if unknown := [name for name in names if name not in NAMES]:
        print(f"there is no measurement {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in names or [name for name in NAMES if name not in SLOW]:
        import_module(f"bench.{name}").run(sys.stdout)
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
