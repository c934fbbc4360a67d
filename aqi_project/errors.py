"""Errors that concern the whole project."""


class ConfigurationError(Exception):
    """A setting is wrong. The message is one line that names the setting, the reason and the remedy."""
