"""Drift of a series, of its data and of its model's errors. No Django inside."""

from detection.drift.check import check
from detection.drift.concept import ConceptDrift, check_errors
from detection.drift.dating import change_time
from detection.drift.result import DriftResult, Test

__all__ = ["ConceptDrift", "DriftResult", "Test", "change_time", "check", "check_errors"]
