"""The providers that tests harvest from. Choose the first one that can do what the test needs.

| module          | is                                                     | choose it for                             |
|-----------------|--------------------------------------------------------|-------------------------------------------|
| `small_journal` | four Dublin Core articles, with a configuration        | commands, the daemon                      |
| `press`         | a journal whose editors correct and withdraw articles, | mapping, checks and exports over several  |
|                 | with the workbench that harvests it                    | harvests, sources or formats              |
| `truth`         | a correct repository, with faults in front of it       | the harvest: pages, tokens, dates, sets,  |
|                 |                                                        | deletions, and what providers do wrong    |
| `replay`        | recorded answers of a real provider                    | real input, where `shared` exists         |
| `server`        | raw bytes: a list of HTTP answers, or a function       | the protocol client: HTTP, TLS, encodings |
| `in_memory`     | such a function, asked without a socket                | many thousands of harvests in a few       |
|                 |                                                        | minutes: simulations and properties       |

`truth` and `press` keep their records in the `Repository` of the demo. `server` serves all but `press`, and lists the
requests that it received. `tests.demo.many` generates records for lists of any length.
"""
