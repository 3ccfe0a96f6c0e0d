"""How each source and article is: what is due, what is wrong, and the words for it.

All of it is read from the configuration, the store and the locks. Nothing here writes to the store, so commands, the
daemon, alerts, metrics and pages say the same at the same moment.
"""
