"""Readers: one raw record to a Reading, pure."""
