"""Deposit files for registered targets: what is new or changed, written whole or not at all."""
