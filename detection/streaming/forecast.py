"""One-step forecast by recursive least squares, and how far a value falls from it."""

from math import nan

import numpy as np

from detection.streaming.running import TINY

FORGET = 0.999  # per row
PRIOR = 100.0  # variance of the coefficients before anything is known
LEVEL_RATE = 0.001  # of the running level and scale that standardise the inputs
ERROR_RATE = 0.005  # of the usual error
CLIP = 8.0  # usual errors; what lies further teaches no more than this
CLIP_AFTER = 50  # rows
BLOWN_UP = 1e6  # trace of the covariance at which it starts anew (a constant input inflates it)
ERROR_FLOOR = 1e-6  # standardised units


class Forecast:
    """Autoregression on the last `lags` values, learnt as it goes; the error in usual errors."""

    def __init__(self, lags: int) -> None:
        self.lags = lags
        self.rows = 0
        self.level, self.scale, self.usual = 0.0, TINY, 0.0
        self.recent = np.zeros(lags)  # newest first
        self.weights = np.zeros(lags + 1)
        self.weights[0] = 1.0
        self.covariance = PRIOR * np.eye(lags + 1)

    def update(self, at: float, value: float) -> float:
        """The error of the forecast of `value`; then learn it."""
        if self.rows == 0:
            self.level = value
        novelty = self._judge(value) if self.rows >= self.lags else nan
        self.rows += 1
        rate = max(LEVEL_RATE, 1.0 / self.rows)
        self.scale = max(TINY, self.scale + rate * (abs(value - self.level) - self.scale))
        self.level += rate * (value - self.level)
        self.recent[1:] = self.recent[:-1]
        self.recent[0] = value
        return novelty

    def _judge(self, value: float) -> float:
        inputs = np.append((self.recent - self.level) / self.scale, 1.0)
        error = (value - self.level) / self.scale - float(self.weights @ inputs)
        novelty = abs(error) / (self.usual + ERROR_FLOOR)
        if self.rows > CLIP_AFTER:
            most = CLIP * self.usual + TINY
            error = min(max(error, -most), most)
        self._learn(inputs, error)
        rate = max(ERROR_RATE, 1.0 / (self.rows - self.lags + 1))
        self.usual += rate * (abs(error) - self.usual)
        return novelty

    def _learn(self, inputs: "np.ndarray[tuple[int], np.dtype[np.float64]]", error: float) -> None:
        seen = self.covariance @ inputs
        gain = seen / (FORGET + float(inputs @ seen))
        self.weights += gain * error
        self.covariance = (self.covariance - np.outer(gain, seen)) / FORGET
        if not np.trace(self.covariance) < BLOWN_UP:
            self.covariance = PRIOR * np.eye(self.lags + 1)
