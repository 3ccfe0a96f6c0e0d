"""The page in a real Chromium. Skipped where it, its driver or axe-core is absent; `.ci/run` installs all three."""
