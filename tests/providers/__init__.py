"""The providers that tests harvest from."""
