"""Everything about Crossref: what its schemas accept, their bundles, its settings, and how a deposit is built."""
