"""Findings over the whole store: with their texts, and those that need more than one record."""
