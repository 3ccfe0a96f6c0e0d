"""From a written deposit file to registered DOIs: sending, asking, and what became of each DOI."""
