"""Drift of a series and of its data. No Django inside."""

from detection.drift.check import check
from detection.drift.result import DriftResult, Test

__all__ = ["DriftResult", "Test", "check"]
