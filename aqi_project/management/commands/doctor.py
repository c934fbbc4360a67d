"""`manage.py doctor`: is this installation well, and what to do where it is not."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from aqi_project.doctor import Finding, State, examine

SIGNS = {State.WELL: "✓", State.NOTICE: "!", State.WRONG: "✗"}


class Command(BaseCommand):
    help = "Look at everything a support call would ask for. The exit code is 1 where something is wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="a list of {area, state, says, mend}")

    def handle(self, *args: Any, **options: Any) -> None:
        found = []
        for area, finding in examine():
            found.append({"area": area, **asdict(finding)})
            if not options["json"]:
                self._say(area, finding)
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))
        if any(one["state"] == State.WRONG for one in found):
            raise SystemExit(1)

    def _say(self, area: str, finding: Finding) -> None:
        self.stdout.write(f"{SIGNS[finding.state]} {area:<11}{finding.says}")
        if finding.mend:
            self.stdout.write(f"{'':13}→ {finding.mend}")
