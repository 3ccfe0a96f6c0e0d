"""DataCite, a registration agency whose schema has journal articles."""
