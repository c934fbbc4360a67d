"""Who runs a command."""

import getpass


def account_name() -> str:
    """The name of the account on this machine, for the records of what was promoted and why."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "command line"
