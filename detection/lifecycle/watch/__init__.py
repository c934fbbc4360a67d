"""Does what serves still hold? Drift of the readings, and the record of the forecasts."""
