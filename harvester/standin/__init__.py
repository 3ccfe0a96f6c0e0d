"""A stand-in of Crossref on loopback: deposits, their results, and reading back, to try things out and to test with.

It answers as Crossref is documented or was recorded to answer, and marks itself in every answer. It shares no code
with the client, so that an error of one is not repeated in the other. docs/standin.md says what it does not know.

A deposit goes this way: `servlet` receives the file, `state` keeps it until its time has come, `deposit_file` reads
it, `processing` decides about each DOI, `registry` keeps what was registered, `diagnostic` writes the result. `reading`
has everything that needs no deposit: `work_json`, `unixsd`, `lists` and `limits`. `server` puts HTTP in front.
"""

from harvester.standin.accounts import Account
from harvester.standin.knobs import Fault, Knobs
from harvester.standin.server import StandIn, serve
from harvester.standin.state import State

__all__ = ["Account", "Fault", "Knobs", "StandIn", "State", "serve"]
