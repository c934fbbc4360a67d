"""Stations, what they send, where it comes from, and whether it can be believed."""
