"""The detectors that an admin has chosen for a series: can it be trained with them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from detection.detector_registry import ESSENTIAL, REGISTRY
from detection.models import Series


class WrongChoiceError(ValueError):
    """A series cannot be trained with the detectors chosen for it. The message says why."""


def detectors_of(series: Series, usual: Sequence[str]) -> list[str]:
    """What a training fits. Raises WrongChoiceError."""
    if wrong := wrong_with(series.detectors):
        raise WrongChoiceError(wrong)
    return list(series.detectors or usual)


def wrong_with(chosen: Any) -> str:
    """A sentence in the reader's language; empty where nothing is wrong, and where nothing was chosen."""
    if not chosen:
        return ""
    if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
        return _("Detectors are a list of names, such as %(example)s.") % {"example": f'["{ESSENTIAL}", "flatline"]'}
    if unknown := [one for one in chosen if one not in REGISTRY]:
        found = {"name": unknown[0], "names": ", ".join(REGISTRY)}
        return _("There is no detector “%(name)s”. There are: %(names)s.") % found
    if ESSENTIAL not in chosen:
        return _("The detectors must include %(name)s: without it there is no expected value.") % {"name": ESSENTIAL}
    return ""
