#!/usr/bin/env python
"""Django's command-line entry point."""

import errno
import os
import sys
from io import TextIOWrapper

from aqi_project.errors import ConfigurationError

INTERRUPTED, UNREAD = 130, 141  # what shells make of Ctrl-C, and of a pipe that was closed


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal without UTF-8 ends no command, nor a mail to the console
        sys.stdout.reconfigure(errors="replace")
    try:
        _execute()
    except ConfigurationError as error:
        sys.exit(f"Cannot start: {error}")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # who reads it has seen enough, as `head` has
        _forget_what_is_unwritten()
        sys.exit(UNREAD)
    except Exception as error:
        sentence = _in_a_sentence(error)
        if not sentence:
            raise
        sys.exit(sentence)


def _in_a_sentence(error: Exception) -> str:
    """Of an error that is nobody's mistake here; empty for any other."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _forget_what_is_unwritten()
        return f"The output cannot be written: {error.strerror}."
    from aqi_project.mongodb.server import unanswered

    return unanswered(error)


def _forget_what_is_unwritten() -> None:
    """Python would try once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _execute() -> None:
    from django.core.management import execute_from_command_line  # long enough for a Ctrl-C

    try:
        execute_from_command_line(sys.argv)
    finally:  # what is left in the buffer may find that nobody reads it, too
        sys.stdout.flush()


if __name__ == "__main__":
    main()
