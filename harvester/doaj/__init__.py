"""DOAJ, the Directory of Open Access Journals: an index, to which a journal sends its articles."""
