"""The command line: commands, exit codes and error messages. `main` is the whole program.

Each command is in the module of its name and is imported only when it is called, so that `--help` and `--version` are
fast.
"""

from harvester.cli.root import main

__all__ = ["main"]
