"""Forecasts of pollutants with calibrated quantiles. No Django inside."""

from detection.forecasting.backtest import Backtest, backtest
from detection.forecasting.bands import QUANTILES
from detection.forecasting.baselines import persistence, seasonal_naive
from detection.forecasting.categories import category_probabilities
from detection.forecasting.forecaster import COLUMNS, Forecaster

__all__ = [
    "COLUMNS",
    "QUANTILES",
    "Backtest",
    "Forecaster",
    "backtest",
    "category_probabilities",
    "persistence",
    "seasonal_naive",
]
