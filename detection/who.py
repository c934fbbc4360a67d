"""Who asks, on the command line."""

import getpass


def person() -> str:
    """The name of the account, for the records."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "command line"
