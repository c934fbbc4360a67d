"""This machine: its settings and its disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.checks import run_checks

from aqi_project.doctor import Finding, notice, well, wrong

LEAST_FREE = 0.1  # of a disk
GIGABYTE = 1e9  # bytes
LEAST_FREE_BYTES = 2 * GIGABYTE


def settings_are_sound() -> Iterator[Finding]:
    """Django's and the project's own checks."""
    for message in run_checks():
        says = f"{message.id}: {message.msg}"
        found = wrong if message.is_serious() else notice
        yield found(says, message.hint or "See docs/deploy.md.")
    if settings.PRODUCTION:
        yield well(f"Production at {settings.SITE_URL}.")
    else:
        yield notice("This is a development installation.", "Set PRODUCTION=true where others use it (docs/deploy.md).")


def disk_has_room() -> Iterator[Finding]:
    folder = Path(settings.VAR_DIR)
    yield from room(f"The disk of {folder}", *shutil.disk_usage(folder)[::2])


def room(name: str, total: float, free: float) -> Iterator[Finding]:
    """What to think of a disk with so many bytes in all and free."""
    says = f"{name} has {free / GIGABYTE:,.1f} of {total / GIGABYTE:,.1f} GB free."
    if free < min(LEAST_FREE * total, LEAST_FREE_BYTES):
        yield wrong(says, "Make room, or give it more: a full disk stops everything.")
    else:
        yield well(says)
