"""Detectors: plain Python on numpy, pandas and scikit-learn. The registry says which there are."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from detection.detector_registry import REGISTRY
from detection.detectors.base import Detector


def detector_class(kind: str) -> type[Detector]:
    """The class of a kind. Raises ValueError, naming those there are, for an unknown one."""
    if kind not in REGISTRY:
        raise ValueError(f"There is no detector {kind!r}; there are: {', '.join(REGISTRY)}.")
    module, _, name = REGISTRY[kind][1].rpartition(".")
    found: type[Detector] = getattr(import_module(module), name)
    return found


def create(kind: str, target: str, **settings: Any) -> Detector:
    """A new detector of a kind; settings are `interval`, `zone`, `seed` and the kind's own."""
    return detector_class(kind)(target, **settings)


__all__ = ["Detector", "create", "detector_class"]
