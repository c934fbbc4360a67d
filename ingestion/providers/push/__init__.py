"""Readings that a station sends by itself, through the API. There is no client: the web process receives them."""
