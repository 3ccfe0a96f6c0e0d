"""Crossref: what its schemas take, their bundles, and deposits."""
