"""The command line: commands, exit codes, errors to sentences. `main` is the whole program.

Each command stands in the module of its name and is imported only when it is called, so that `--help` and `--version`
start at once.
"""

from harvester.cli.root import main

__all__ = ["main"]
