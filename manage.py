#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys
from io import TextIOWrapper

from aqi_project.errors import ConfigurationError

INTERRUPTED = 130  # what shells make of Ctrl-C


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal without UTF-8 ends no command, nor a mail to the console
        sys.stdout.reconfigure(errors="replace")
    try:
        from django.core.management import execute_from_command_line  # long enough for a Ctrl-C

        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"Cannot start: {error}")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        from aqi_project.database import unanswered

        sentence = unanswered(error)
        if not sentence:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
