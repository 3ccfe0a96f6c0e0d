"""Probing: a first look at a provider, and the settings that suit it."""
