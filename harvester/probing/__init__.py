"""Probing: examines a provider and suggests settings for it."""
