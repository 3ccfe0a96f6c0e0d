"""Findings over the whole store: in words, and those that no record shows alone."""
