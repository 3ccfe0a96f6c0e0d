"""Deposit files: what is new or changed, written whole or not at all."""
