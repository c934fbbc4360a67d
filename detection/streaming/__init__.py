"""One-pass scoring of a single series in constant memory. No Django here."""

from detection.streaming.engine import StreamingScorer, score_series

__all__ = ["StreamingScorer", "score_series"]
