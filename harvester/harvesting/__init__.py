"""Harvesting: lists of a provider into the store, without loss."""
