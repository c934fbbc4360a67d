"""Readings that nobody is asked for: recordings that are played, files that are imported, a machine that is made up."""
