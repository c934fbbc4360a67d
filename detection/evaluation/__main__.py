"""`python -m detection.evaluation --csv FILE --time COL --value COL`: the evaluation without Django."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser

import aqi_project  # noqa: F401  settles the threads of numerical libraries, before the first of them is loaded
from detection.evaluation.command import add_arguments, as_text, run


def main() -> int:
    """Run and print; a mistake in the input is one sentence and exit status 2."""
    parser = ArgumentParser(prog="python -m detection.evaluation")
    add_arguments(parser)
    options = vars(parser.parse_args())
    try:
        report = run(options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(report, indent=1) if options["json"] else as_text(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
