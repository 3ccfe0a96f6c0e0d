"""Running unattended: doing what is due, notifying a person if one is needed. The daemon and cron share all of it.

Schedules come only from config.toml, and the history only from the run table. So every process comes to the same
conclusion about what is due, whenever it starts.
"""
