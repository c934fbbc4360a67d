"""Asking providers about the stations that are stored: whom, what, for which past, and how often by all together."""
