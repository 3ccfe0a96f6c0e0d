"""Left alone: what is due, doing it, telling a person when one is needed. The daemon and cron share all of it.

config.toml is the only truth of schedules, the run table the only history: whoever starts, and however often, comes to
the same conclusion about what is due.
"""
