"""What `manage.py check` says about the settings of detection."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

HINT = "Name the Python of an environment with requirements-evidently.txt (docs/drift.md), or leave it unset."


@register
def evidently_can_run(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Noticed here and not when the page is wanted. Whether Evidently is in it is not tried: that takes seconds."""
    python = settings.EVIDENTLY_PYTHON
    if not python or shutil.which(Path(python).expanduser()):
        return []
    return [Error(f"EVIDENTLY_PYTHON={python} is no program that can be run.", hint=HINT, id="detection.E001")]
