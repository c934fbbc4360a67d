"""Versions of models: what is stored of them, whether it can be opened, and which one serves."""
